"""Results lie in folders that nobody can guess, and all together stay within a bound."""

import os

from bertviz_space.jobs.store import Store

SIZE = 1000  # bytes of one result


def fill(store: Store, count: int, first: int = 0):
    """Results of the same size, each a second younger than the one before."""
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


def test_names_are_distinct_and_too_long_to_guess(tmp_path):
    store = Store(tmp_path)
    names = {store.new_folder().name for _ in range(200)}
    assert len(names) == 200
    assert min(len(name) for name in names) >= 32  # 24 bytes of chance, in base 64
    # No first letters in common, as a counter or a clock would give.
    assert len({name[:4] for name in names}) > 190


def test_the_oldest_results_leave_when_the_bound_is_passed(tmp_path):
    store = Store(tmp_path, max_bytes=3 * SIZE)
    folders = fill(store, 5)
    # The bound holds for what is there when a folder is made, which is then still empty.
    store.new_folder()
    assert [folder.exists() for folder in folders] == [False, False, True, True, True]


def test_results_within_the_bound_stay(tmp_path):
    store = Store(tmp_path, max_bytes=3 * SIZE)
    folders = fill(store, 3)
    store.new_folder()
    assert all(folder.exists() for folder in folders)


def test_the_newest_result_stays_whatever_its_size_until_there_is_a_newer(tmp_path):
    store = Store(tmp_path, max_bytes=SIZE // 2)
    (large,) = fill(store, 1)
    newer = store.new_folder()
    assert large.exists()
    store.new_folder()
    assert not large.exists()
    assert newer.exists()


def test_a_result_that_is_used_again_counts_as_the_newest(tmp_path):
    store = Store(tmp_path, max_bytes=2 * SIZE)
    first, second, third = fill(store, 3)
    assert store.renew(first)
    store.new_folder()
    assert [folder.exists() for folder in (first, second, third)] == [True, False, True]
    assert not store.renew(second)


def test_a_file_that_is_renamed_while_sizes_are_added_up_does_no_harm(tmp_path):
    store = Store(tmp_path)
    (store.new_folder() / "gone").symlink_to(tmp_path / "nowhere")
    assert store.new_folder().exists()


def test_results_of_an_earlier_run_count_too(tmp_path):
    (old,) = fill(Store(tmp_path), 1)
    fill(Store(tmp_path, max_bytes=SIZE), 3, first=10)
    assert not old.exists()
