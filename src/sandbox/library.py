"""Adds to Python's library, a zip of sources, what compiling the loaded modules gives: compiling them takes seconds at every first start."""

import importlib._bootstrap_external
import importlib.util
import sys
import zipfile

archive = next(path for path in sys.path if path.endswith('.zip'))
loaded = {module.__spec__.origin for module in sys.modules.values() if getattr(module, '__spec__', None)}
with zipfile.ZipFile(archive, 'a', zipfile.ZIP_DEFLATED, compresslevel=9) as library:
    for name in library.namelist():
        if '%s/%s' % (archive, name) in loaded:
            source = library.read(name)
            code = compile(source, '%s/%s' % (archive, name), 'exec', dont_inherit=True)
            # Without a check against the source: the two are one file.
            compiled = importlib._bootstrap_external._code_to_hash_pyc(code, importlib.util.source_hash(source), False)
            library.writestr(zipfile.ZipInfo(name + 'c'), compiled, zipfile.ZIP_DEFLATED, 9)
archive
