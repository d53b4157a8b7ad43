"""The Space's entry point: build the page and serve it."""

from bertviz_space.server.startup import spare_program_from_collection, start

if __name__ == "__main__":
    start()  # before Gradio is imported, which reads its settings then

from bertviz_space.space import build_demo, launch

demo = build_demo()

if __name__ == "__main__":
    spare_program_from_collection()
    launch(demo)
