"""The Space's entry point: build the page and serve it."""

from bertviz_space.ui import build_demo, launch

demo = build_demo()

if __name__ == "__main__":
    launch(demo)
