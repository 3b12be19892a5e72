/** What Python imports before its memory is kept, and what that leaves. Needs nothing, for the build reads it, too. */

/** Loaded before the snapshot, so that a candidate's import costs nothing. */
export const warmImports =
  'import math, cmath, re, heapq, itertools, collections, collections.abc, functools, json, random, string, bisect, ' +
  'datetime, decimal, fractions, statistics, typing, operator, copy, sys, os, ast, types, dataclasses, enum, time, ' +
  'inspect, traceback, linecache, warnings, contextlib, io, abc, numbers, array, struct, textwrap, pprint, uuid, ' +
  'secrets, hashlib, base64, unicodedata, calendar, queue, threading, weakref, reprlib, signal, socket, pathlib, ' +
  'tempfile, shutil, subprocess, unittest.mock, asyncio, urllib.request, http.client, concurrent.futures, ' +
  'concurrent.futures.thread, multiprocessing, difflib, graphlib, itertools, timeit, logging, csv, zlib, ipaddress, symtable, ' +
  'importlib.util';

/**
 * The page's library has these modules compiled beside their sources (library.ts). Once they are loaded, that cannot be seen any more:
 * they come from their sources, and so does whatever is loaded later.
 */
export const asFromSources = `
def _as_from_sources():
    import sys, zipimport
    for module in list(sys.modules.values()):
        if str(getattr(module, '__file__', None)).endswith('.pyc'):
            module.__file__ = module.__file__[:-1]
        spec = getattr(module, '__spec__', None)
        if spec and str(spec.origin).endswith('.pyc'):
            spec.origin, spec.cached = spec.origin[:-1], None
            module.__cached__ = spec.cached
    for files in zipimport._zip_directory_cache.values():
        for name in [name for name in files if name.endswith('.pyc')]:
            del files[name]
_as_from_sources()
del _as_from_sources
`;
