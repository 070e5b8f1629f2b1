from __future__ import annotations

import pytest

from tests.conftest import Commit
from verifier.repository.index import Index
from verifier.selection.imports import imported_by, resolve


@pytest.mark.parametrize(
    ("spec", "importer", "expected"),
    [
        pytest.param("app.core.pool", "app/main.py", ("app/core/pool.py",), id="dotted"),
        pytest.param("app.core.pool.Pool", "app/main.py", ("app/core/pool.py",), id="dotted-with-a-name-inside"),
        pytest.param("core.pool", "app/main.py", ("app/core/pool.py",), id="below-another-root"),
        pytest.param(".pool", "app/core/drain.py", ("app/core/pool.py",), id="beside"),
        pytest.param("..core.pool", "app/web/views.py", ("app/core/pool.py",), id="two-dots"),
        pytest.param("app.core", "app/main.py", ("app/core/__init__.py",), id="a-package"),
        pytest.param(".", "app/core/pool.py", ("app/core/__init__.py",), id="its-own-package"),
        pytest.param("json", "app/main.py", (), id="a-library-whose-name-stands-elsewhere"),
        pytest.param("os.path", "app/main.py", (), id="the-standard-library"),
        pytest.param("settings", "app/main.py", ("settings.py",), id="one-part-at-the-top"),
        pytest.param("./store", "web/app.ts", ("web/store.ts",), id="relative-without-ending"),
        pytest.param("./store.js", "web/app.ts", ("web/store.ts",), id="relative-with-another-ending"),
        pytest.param("./widgets", "web/app.ts", ("web/widgets/index.ts",), id="a-folder-with-an-index"),
        pytest.param("../app/../web/store", "web/app.ts", ("web/store.ts",), id="there-and-back"),
        pytest.param("../../../etc/passwd", "web/app.ts", (), id="out-of-the-commit"),
        pytest.param("crate::net::socket", "src/main.rs", ("src/net/socket.rs",), id="rust"),
        pytest.param("net/wire.h", "src/main.c", ("src/net/wire.h",), id="an-include"),
        pytest.param("", "app/main.py", (), id="nothing"),
    ],
)
def test_an_import_names_the_paths_that_end_in_it(
    commit: Commit, spec: str, importer: str, expected: tuple[str, ...]
) -> None:
    paths = """app/__init__.py app/main.py app/core/__init__.py app/core/pool.py app/core/drain.py app/utils/json.py
        app/web/views.py settings.py web/app.ts web/store.ts web/widgets/index.ts src/main.rs src/net/socket.rs
        src/main.c src/net/wire.h etc/passwd"""
    index = Index(commit(dict.fromkeys(paths.split(), "x = 1\n")))

    assert resolve(spec, importer, index) == expected


def test_imports_are_followed_to_files_of_the_commit(commit: Commit) -> None:
    index = Index(
        commit(
            {
                "src/pool.py": "from src.clock import now\nimport json\n",
                "src/clock.py": "def now():\n    return 1\n",
                "src/json.py": "x = 1\n",
            }
        )
    )

    assert imported_by("src/pool.py", index) == ("src/clock.py", "src/json.py")
