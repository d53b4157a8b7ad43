"""Start the Space of an installed package: ``python -m bertviz_space``."""

from .server.startup import exclude_program_from_garbage_collection, start

if __name__ == "__main__":
    start()  # before the import of Gradio, which reads its settings

    from .space import build_demo, launch

    demo = build_demo()
    exclude_program_from_garbage_collection()
    launch(demo)
