"""Connects the page, the endpoints and the server of the Space, and serves them."""

import sys
from functools import partial
from pathlib import Path
from typing import Any

import gradio as gr
from gradio.components.api_component import Api
from gradio.data_classes import BlocksConfigDict, Layout
from gradio.routes import file_upload_statuses
from gradio.themes import Base, Default
from gradio.utils import get_upload_folder
from starlette.middleware import Middleware

from .api.endpoints import add_endpoints
from .api.tool_server import are_tools_wanted, use_json_results
from .asset_folder import asset_folder
from .jobs.cluster.engine import ClusterEngine
from .jobs.cluster.settings import cluster_settings
from .jobs.first_result import FirstResult
from .jobs.handler import Handler
from .jobs.job import ActiveJobs
from .jobs.queue import JobQueue
from .jobs.store import Store
from .jobs.uploads import Uploads
from .limits import MAX_SESSIONS, MAX_TENSORS_BYTES
from .machine import check_settings
from .models import catalog
from .models.cache import ModelCache
from .models.hub import checkpoints
from .models.loading import outline_of_weights
from .page.examples import first_request
from .page.first_picture import show_when_computed
from .page.layout import lay_out
from .page.mask_function import masking
from .page.preloads import Preloads
from .page.probe_function import probing
from .page.published_assets import served_folder
from .page.run_button import RunButton
from .page.stop_writing import stopping_writing
from .page.sweep_function import sweeping
from .server import startup
from .server.cache_headers import CacheHeaders
from .server.event_streams import EventStreams
from .server.forget_requests import forget_requests
from .server.page_compression import PageCompression
from .server.preload_links import PreloadLinks
from .server.reject_malformed import RejectMalformed

# Gradio's threads for quick events. Each run of a page, running or waiting, has one more.
_EVENT_THREADS = 30
# Events that wait in Gradio's own queue. It is usually empty: runs wait in our own queue.
_MAX_EVENTS = 256


class SpacePage(gr.Blocks):
    """The page.

    Args:
        first: the result that it shows first.
        max_jobs: how many jobs can run and wait at the same time.
    """

    def __init__(self, first: FirstResult, max_jobs: int) -> None:
        super().__init__(title="BertViz Space", analytics_enabled=False, fill_width=True)
        self.first = first
        self.max_jobs = max_jobs

    def get_config_file(self) -> BlocksConfigDict:
        """Return the configuration, in which the page lacks the arguments of the endpoints.

        Gradio 6.31 adds a component for each argument and result of an endpoint. The page never
        shows them, but would mount them all, for a quarter of the time in which it opens. They stay
        in the list of all components, from which clients read the types of arguments.
        """
        config = super().get_config_file()
        unseen = {key for key, block in self.blocks.items() if isinstance(block, Api)}
        for page in config["page"].values():
            page["components"] = [key for key in page["components"] if key not in unseen]
            children = page["layout"].get("children", [])
            page["layout"]["children"] = [each for each in children if _id(each) not in unseen]
        return config


def build_demo() -> SpacePage:
    """Build the page and its endpoints. Check once whether the Hub can be reached."""
    check_settings()  # an invalid setting stops the Space now instead of failing a visitor's run
    hub_answers = checkpoints.hub_answers()
    offered = catalog.listed_models(hub_answers, checkpoints.cached_ids())
    uploaded = Path(get_upload_folder())
    results = uploaded / "bertviz-space"
    uploads = Uploads(uploaded, excluded=results)
    cluster = cluster_settings()
    if cluster is None:
        handler, queue = Handler(ModelCache(), Store(results)), JobQueue()
    else:
        models = ModelCache(load=outline_of_weights)
        handler = Handler(models, Store(results), ClusterEngine(cluster))
        queue = JobQueue(cluster.max_replicas)
    active_jobs = ActiveJobs()
    first = FirstResult(first_request(offered), handler, queue)
    run_button = RunButton(handler, uploads, active_jobs, queue, first)
    with SpacePage(first, queue.max_jobs) as demo:
        probe = probing(handler, active_jobs, queue)
        stop_writing = stopping_writing(active_jobs)
        beside = [make(handler, active_jobs, queue) for make in (masking, sweeping)]
        lay_out(offered, handler, run_button, probe, beside, stop_writing, demo)
        add_endpoints(handler, offered, active_jobs, queue)

    async def compute_first_result() -> None:
        show_when_computed(demo, first)

    # Gradio 6.31 awaits these functions as soon as the port answers.
    demo.extra_startup_events.append(compute_first_result)
    uploads.keep_within_limits(after_sweep=partial(forget_requests, demo, file_upload_statuses))
    return demo


def launch(demo: SpacePage, **options: Any) -> Any:
    """Serve the page with its theme, limits and middleware.

    Args:
        demo: the page.
        options: further arguments of ``gr.Blocks.launch``.

    Raises:
        SystemExit: with a one-sentence message, if the port is in use.
    """
    demo.queue(max_size=_MAX_EVENTS)
    # Gradio keeps unfetched answers for this many sessions, up to 1 MB each.
    demo._queue.pending_messages_per_session.max_size = MAX_SESSIONS
    # Before the login of a Space with a password, a visitor cannot fetch the files.
    preloads = Preloads(demo, demo.first)
    preloading = Middleware(PreloadLinks, files_of=preloads.of_visit)
    use_json_results()
    served = partial(
        demo.launch,
        # Without a port, Gradio 6.31 would use the next free one, where nobody expects the Space.
        server_port=startup.port(),
        max_threads=demo.max_jobs + _EVENT_THREADS,
        state_session_capacity=MAX_SESSIONS,
        theme=_theme(),
        max_file_size=MAX_TENSORS_BYTES,
        app_kwargs={
            "middleware": [
                Middleware(CacheHeaders, path=f"file={served_folder()}"),
                Middleware(PageCompression),
                *([] if options.get("auth") else [preloading]),
                Middleware(EventStreams),
                Middleware(RejectMalformed, demo=demo, uploads=Path(get_upload_folder())),
            ]
        },
        css_paths=[asset_folder() / "styles" / name for name in ("tokens.css", "page.css")],
        footer_links=["api", "settings"],
        # Gradio 6.31 lists tools without a password, but a tool that runs a model cannot log in.
        mcp_server=are_tools_wanted() and not options.get("auth"),
        # Server-side rendering breaks calls from other Spaces (gradio#10914).
        ssr_mode=False,
    )
    try:
        return served(**options)
    except OSError as error:  # another program has taken the port since the start
        sys.exit(str(error))


def _theme() -> Base:
    return Default(
        primary_hue="blue",
        neutral_hue="gray",
        # Use fonts of the reader's machine: a web font would be a request to another server.
        font=["system-ui", "sans-serif"],
        font_mono=["ui-monospace", "monospace"],
    ).set(
        # The page is as compact as an application: the figure needs the height.
        layout_gap="8px",
        block_padding="0px",
        block_border_width="0px",
        block_title_text_size="12px",
        block_info_text_size="12px",
        # On white, Gradio's own blue has a contrast of 3.7, and its gray for secondary text of 2.5.
        button_primary_background_fill="*primary_600",
        button_primary_background_fill_hover="*primary_700",
        input_placeholder_color="*neutral_500",
        input_placeholder_color_dark="*neutral_400",
        block_info_text_color="*neutral_500",
        block_info_text_color_dark="*neutral_400",
        body_text_color_subdued="*neutral_500",
        body_text_color_subdued_dark="*neutral_400",
    )


def _id(node: int | Layout) -> int:
    """Return the id of a component in a layout."""
    return node if isinstance(node, int) else node["id"]
