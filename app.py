"""Start the Space: build the page and serve it."""

from bertviz_space.server.startup import exclude_program_from_garbage_collection, start

if __name__ == "__main__":
    start()  # before the import of Gradio, which reads its settings

from bertviz_space.space import build_demo, launch

demo = build_demo()

if __name__ == "__main__":
    exclude_program_from_garbage_collection()
    launch(demo)
