"""Publishing a policy: a folder of static pages that opens from a disk as well as from a server."""

from pathlib import Path

from creditdsl.compile import Compiled


def publish(compiled: Compiled, out_dir: Path) -> tuple[Path, ...]:
    """Writes the site of a policy into `out_dir`, which is made if need be; gives the files written, the Chinese page first.

    The same policy gives the same bytes. PolicyError when a worked case does not describe a valid subject; OSError when
    the folder cannot be written.
    """
    from creditdsl.publishing.site import site

    files = site(compiled.program, compiled.modules)
    out_dir.mkdir(parents=True, exist_ok=True)
    written = []
    for name, content in files.items():
        path = out_dir / name
        path.write_bytes(content)
        written.append(path)
    return tuple(written)
