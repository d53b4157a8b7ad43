"""Results are in folders with unguessable names, and their total size is bounded."""

import os

from bertviz_space.jobs.store import Store

SIZE = 1000  # bytes of one result


def fill(store: Store, count: int, first: int = 0):
    """Add results of the same size, each a second younger than the previous one."""
    folders = []
    for number in range(first, first + count):
        folder = store.new_folder()
        (folder / "result").write_bytes(b"x" * SIZE)
        os.utime(folder, (number, number))
        folders.append(folder)
    return folders


def test_a_new_folder_is_empty_and_under_the_root(tmp_path):
    folder = Store(tmp_path / "results").new_folder()
    assert folder.parent == tmp_path / "results"
    assert folder.is_dir()
    assert not list(folder.iterdir())


def test_names_are_unique_and_too_long_to_guess(tmp_path):
    store = Store(tmp_path)
    names = {store.new_folder().name for _ in range(200)}
    assert len(names) == 200
    assert min(len(name) for name in names) >= 32  # 24 random bytes, in base 64
    # A counter or a clock would give names with the same first letters.
    assert len({name[:4] for name in names}) > 190


def test_the_oldest_results_are_removed_when_the_total_exceeds_the_bound(tmp_path):
    store = Store(tmp_path, max_bytes=3 * SIZE)
    folders = fill(store, 5)
    # The bound applies to the results that exist when a folder is made, which is still empty.
    store.new_folder()
    assert [folder.exists() for folder in folders] == [False, False, True, True, True]


def test_results_within_the_bound_are_kept(tmp_path):
    store = Store(tmp_path, max_bytes=3 * SIZE)
    folders = fill(store, 3)
    store.new_folder()
    assert all(folder.exists() for folder in folders)


def test_the_newest_result_is_kept_even_if_it_exceeds_the_bound(tmp_path):
    store = Store(tmp_path, max_bytes=SIZE // 2)
    (large,) = fill(store, 1)
    newer = store.new_folder()
    assert large.exists()
    store.new_folder()
    assert not large.exists()
    assert newer.exists()


def test_a_renewed_result_counts_as_the_newest(tmp_path):
    store = Store(tmp_path, max_bytes=2 * SIZE)
    first, second, third = fill(store, 3)
    assert store.renew(first)
    store.new_folder()
    assert [folder.exists() for folder in (first, second, third)] == [True, False, True]
    assert not store.renew(second)


def test_a_file_that_disappears_while_sizes_are_added_is_ignored(tmp_path):
    store = Store(tmp_path)
    (store.new_folder() / "gone").symlink_to(tmp_path / "nowhere")
    assert store.new_folder().exists()


def test_results_of_an_earlier_process_count_toward_the_bound(tmp_path):
    (old,) = fill(Store(tmp_path), 1)
    fill(Store(tmp_path, max_bytes=SIZE), 3, first=10)
    assert not old.exists()
