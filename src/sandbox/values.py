"""Python's plain data as JSON and back; the forms are listed in values.ts, which compares and shows them.

`_encode` runs next to the candidate, so it is captured at import time and reads results with the methods of the
base types only: the result's own __eq__, __repr__, __hash__, __iter__ ... are never called. What it writes is what
the candidate answers, right or wrong; it gives no power over what is expected, which is never here.
"""

import array
import builtins
import collections
import datetime
import decimal
import fractions
import ipaddress
import itertools
import math
import pathlib
import types
import uuid
from _json import encode_basestring_ascii as quote

MAX_NODES = 50_000  # values in one result; valuesCap in limits.ts is above it
MAX_TEXT = 1_000_000  # characters in one string, hexadecimal digits in one integer
MAX_DEPTH = 60  # nesting of one result that is read
MAX_NESTING = 1_000  # nesting of one result
MAX_ANSWER = 3_500_000  # bytes of one result as JSON; answerCap in limits.ts is above it

# -- captured once, before any candidate runs ---------------------------------------------------------------------
_compile, _exec, _eval, _type, _len, _list, _set = compile, exec, eval, type, len, list, set
_BaseException, _Exception, _AssertionError, _SyntaxError = BaseException, Exception, AssertionError, SyntaxError
_mro = type.__dict__['__mro__'].__get__
_type_name = type.__dict__['__name__'].__get__
_type_flags = type.__dict__['__flags__'].__get__
_type_dict = type.__dict__['__dict__'].__get__
_builtin_names = frozenset(vars(builtins))
_builtins = vars(builtins)
_int_hex, _int_add, _float_repr, _join = int.__format__, int.__add__, float.__repr__, ''.join
_str_exact, _str_len, _bytes_hex, _bytes_exact = str.__str__, str.__len__, bytes.hex, bytes.__getitem__
_dict_items, _list_iter, _tuple_iter = dict.items, list.__iter__, tuple.__iter__
_set_iter, _frozenset_iter, _int_bits = set.__iter__, frozenset.__iter__, int.bit_length
_slice_all = slice(None)
_nan = math.nan
_IMMUTABLE_TYPE = 1 << 8  # Py_TPFLAGS_IMMUTABLETYPE: no class statement makes one

_FACTORIES = {int: 'int', list: 'list', set: 'set', dict: 'dict', str: 'str', float: 'float', bool: 'bool', None: 'None'}


def _iso(value):
    return _type(value).isoformat(value), value.fold


# Values of the standard library: a name, and the parts it is made of. `_MAKERS` puts them together again.
_PARTS = {
    decimal.Decimal: ('Decimal', lambda x: (decimal.Decimal.__str__(x),)),
    fractions.Fraction: ('Fraction', lambda x: (x.numerator, x.denominator)),
    datetime.date: ('date', lambda x: (datetime.date.isoformat(x),)),
    datetime.datetime: ('datetime', _iso),
    datetime.time: ('time', _iso),
    datetime.timedelta: ('timedelta', lambda x: (x.days, x.seconds, x.microseconds)),
    range: ('range', lambda x: (x.start, x.stop, x.step)),
    slice: ('slice', lambda x: (x.start, x.stop, x.step)),
    bytearray: ('bytearray', lambda x: (bytes(x),)),
    array.array: ('array', lambda x: (x.typecode, array.array.tolist(x))),
    types.SimpleNamespace: ('SimpleNamespace', lambda x: (dict(x.__dict__),)),
    types.MappingProxyType: ('mappingproxy', lambda x: (dict(x),)),
    collections.deque: ('deque', lambda x: (_list(collections.deque.__iter__(x)), x.maxlen)),
    collections.OrderedDict: ('OrderedDict', lambda x: (dict(collections.OrderedDict.items(x)),)),
    collections.Counter: ('Counter', lambda x: (dict(_dict_items(x)),)),
    collections.defaultdict: (
        'defaultdict',
        lambda x: (_FACTORIES.get(x.default_factory, '?'), dict(_dict_items(x))),
    ),
    collections.ChainMap: ('ChainMap', lambda x: tuple(x.maps)),
    collections.UserList: ('UserList', lambda x: (x.data,)),
    collections.UserDict: ('UserDict', lambda x: (x.data,)),
    collections.UserString: ('UserString', lambda x: (x.data,)),
    _type({}.keys()): ('dict_keys', lambda x: (_list(x),)),
    _type({}.values()): ('dict_values', lambda x: (_list(x),)),
    _type({}.items()): ('dict_items', lambda x: (_list(x),)),
    pathlib.PurePosixPath: ('PurePosixPath', lambda x: (pathlib.PurePath.__str__(x),)),
    pathlib.PosixPath: ('PosixPath', lambda x: (pathlib.PurePath.__str__(x),)),
    pathlib.PureWindowsPath: ('PureWindowsPath', lambda x: (pathlib.PurePath.__str__(x),)),
    uuid.UUID: ('UUID', lambda x: (x.int,)),
    ipaddress.IPv4Address: ('IPv4Address', lambda x: (x._ip,)),
    ipaddress.IPv6Address: ('IPv6Address', lambda x: (x._ip, x.scope_id)),
}
_MAKERS = {
    'Decimal': decimal.Decimal,
    'Fraction': fractions.Fraction,
    'date': datetime.date.fromisoformat,
    'datetime': lambda text, fold: datetime.datetime.fromisoformat(text).replace(fold=fold),
    'time': lambda text, fold: datetime.time.fromisoformat(text).replace(fold=fold),
    'timedelta': datetime.timedelta,
    'range': range,
    'slice': slice,
    'bytearray': bytearray,
    'array': array.array,
    'SimpleNamespace': lambda held: types.SimpleNamespace(held if _type not in map(_type, held.values()) else None),
    'mappingproxy': types.MappingProxyType,
    'deque': collections.deque,
    'OrderedDict': collections.OrderedDict,
    'Counter': collections.Counter,
    'defaultdict': lambda name, items: collections.defaultdict({v: k for k, v in _FACTORIES.items()}.get(name), items),
    'ChainMap': collections.ChainMap,
    'UserList': collections.UserList,
    'UserDict': collections.UserDict,
    'UserString': collections.UserString,
    'dict_keys': lambda items: dict.fromkeys(items).keys(),
    'dict_values': lambda items: dict(enumerate(items)).values(),
    'dict_items': lambda items: dict(items).items(),
    'PurePosixPath': pathlib.PurePosixPath,
    'PosixPath': pathlib.PosixPath,
    'PureWindowsPath': pathlib.PureWindowsPath,
    'UUID': lambda number: uuid.UUID(int=number),
    'IPv4Address': ipaddress.IPv4Address,
    'IPv6Address': lambda number, scope: ipaddress.IPv6Address(
        str(ipaddress.IPv6Address(number)) + ('%' + scope if scope else '')
    ),
    'type': lambda name: next(kind for kind, plain in _PLAIN_CLASSES.items() if plain == name),
    'iterator': lambda items: (item for item in items),
}
_PLAIN_CLASSES = {
    kind: name for name, kind in vars(builtins).items() if _type(kind) is type and not issubclass(kind, BaseException)
}

# Iterators whose items are data. groupby is not one: its groups are gone once the next is read.
_iterators = frozenset(
    [_type(thing) for thing in (
        (x for x in ()), map(str, ()), filter(None, ()), zip(), reversed([]), reversed(()), reversed({}), iter([]), iter(()),
        iter({}), iter(set()), iter(''), iter('\u0100'), iter(b''), iter(bytearray()), iter(range(0)), iter(range(1 << 70)),
        enumerate(()), iter({}.values()), iter({}.items()), iter(collections.deque()), reversed(collections.deque()),
        reversed({}.values()), reversed({}.items()), iter(int, 0), iter(array.array('i')),
    )]
    + [kind for kind in vars(itertools).values() if _type(kind) is type and kind is not itertools.groupby
       and kind is not itertools._grouper]
)  # fmt: skip


class _Unreadable(_Exception):
    """The result is more than is read; args[0] says what it is."""


class _Unknown:
    """Stands in a replayed test for an object that is not plain data: equal to nothing but itself."""


_room = 0  # bytes left for the value that is encoded
_loose = False  # whether the value last encoded held an instance of a subclass, read as its base


def _encode(value, out, depth):
    """Appends the JSON form of a value to `out`."""
    global _room, _loose
    if depth > MAX_DEPTH:
        _check_depth(value)
        raise _Unreadable('a result nested more than %d levels deep' % MAX_DEPTH)
    if _len(out) > 4 * MAX_NODES:
        raise _Unreadable('more than %d values' % MAX_NODES)
    if _room < 0:
        raise _Unreadable('a result of more than %d bytes' % MAX_ANSWER)
    put = out.append
    if value is None or value is True or value is False or value is ...:
        put('null' if value is None else 'true' if value is True else 'false' if value is False else '["e"]')
        return
    kind = _type(value)
    if kind is int and -(1 << 60) < value < 1 << 60:  # the usual cases first
        put('["i","%x"]' % value)
        return
    if kind is str and _len(value) < 1000:
        text = quote(value)
        _room -= _len(text)
        put('["s",' + text + ']')
        return
    if kind is list:
        _encode_items('["l"', _list_iter(value), out, depth)
        return
    if kind in _PARTS and not (kind is types.SimpleNamespace and any(_type(x) is _type for x in value.__dict__.values())):
        name, parts = _PARTS[kind]
        _encode_items('["v",%s' % quote(name), parts(value), out, depth)
        return
    if kind in _iterators:
        put('["I",%s]' % quote(_type_name(kind)))
        return
    if kind is _type and value in _PLAIN_CLASSES:
        put('["v","type",["s",%s]]' % quote(_PLAIN_CLASSES[value]))
        return
    bases = _mro(kind)
    if int in bases:
        if _int_bits(value) > 4 * MAX_TEXT:
            raise _Unreadable('an integer of %d bits' % _int_bits(value))
        _room -= _int_bits(value) // 4
        put('["i","%s"]' % _int_hex(_int_add(value, 0), 'x'))
        _loose |= kind is not int
    elif str in bases:
        if _str_len(value) > MAX_TEXT:
            raise _Unreadable('a string of %d characters' % _str_len(value))
        text = quote(_str_exact(value))
        _room -= _len(text)
        put('["s",%s]' % text)
        _loose |= kind is not str
    elif float in bases:
        put('["n"]' if value is _nan else '["f","%s"]' % _float_repr(value))
        _loose |= kind is not float
    elif complex in bases:
        put('["c","%s","%s"]' % (_float_repr(complex.real.__get__(value)), _float_repr(complex.imag.__get__(value))))
        _loose |= kind is not complex
    elif bytes in bases:
        if bytes.__len__(value) > MAX_TEXT:
            raise _Unreadable('%d bytes' % bytes.__len__(value))
        _room -= 2 * bytes.__len__(value)
        put('["b","%s"]' % _bytes_hex(_bytes_exact(value, _slice_all)))
        _loose |= kind is not bytes
    elif list in bases:
        _encode_items('["l"', _list_iter(value), out, depth)
        _loose = True
    elif tuple in bases:
        _encode_items('["t"', _tuple_iter(value), out, depth)
        _loose |= kind is not tuple
    elif set in bases:
        _encode_items('["S"', _set_iter(value), out, depth)
        _loose |= kind is not set
    elif frozenset in bases:
        _encode_items('["F"', _frozenset_iter(value), out, depth)
        _loose |= kind is not frozenset
    elif dict in bases:
        put('["d"')
        for key, item in _dict_items(value):
            put(',')
            _encode(key, out, depth + 1)
            put(',')
            _encode(item, out, depth + 1)
        put(']')
        _loose |= kind is not dict
    else:
        put('["o",%s,"%s"]' % (quote(_str_exact(_type_name(kind))[:100]), _nature(kind, bases)))


def _check_depth(value):
    """What nests so deep that Python's own repr gives up is the program's error."""
    seen = _set()
    for _ in range(MAX_NESTING):
        if _type(value) not in (list, tuple) or not value or id(value) in seen:
            return
        seen.add(id(value))
        value = value[0]
    raise RecursionError('a result nested more than %d levels deep' % MAX_NESTING)


def _encode_items(head, items, out, depth):
    put = out.append
    put(head)
    for item in items:
        put(',')
        _encode(item, out, depth + 1)
    put(']')


_PASSIVE = frozenset('__init__ __new__ __init_subclass__ __repr__ __str__ __format__ __hash__ __eq__ __ne__ __doc__ __module__ __dict__ '
                     '__weakref__ __slots__ __qualname__ __firstlineno__ __static_attributes__ __match_args__ __setattr__ __delattr__ '
                     '__replace__ __getstate__ __setstate__ __reduce__ __reduce_ex__ __enter__ __exit__ __sizeof__ __dir__ __post_init__ '
                     '__copy__ __deepcopy__ __getattr__ __getattribute__ __annotate_func__ __annotations_cache__ __orig_bases__ '
                     '__parameters__ __dataclass_fields__ __dataclass_params__ __lt__ __le__ __gt__ __ge__'.split())  # fmt: skip


def _nature(kind, bases):
    """What can be said of an object without asking it, as letters (values.ts)."""
    has = {name for base in bases[:-1] for name in _type_dict(base) if _type(name) is str}
    letters = 'x' if _type_flags(kind) & _IMMUTABLE_TYPE else ''
    if '__call__' in has:
        letters += 'c'
    if '__eq__' in has or '__ne__' in has:
        letters += 'e'
    if '__bool__' in has or '__len__' in has:
        letters += 'b'
    if '__lt__' in has or '__gt__' in has or '__le__' in has or '__ge__' in has:
        letters += 'l'
    if any(name[:2] == '__' == name[-2:] and name not in _PASSIVE for name in has):
        letters += 'p'
    return letters


def _value_json(value):
    global _room, _loose
    _room, _loose = MAX_ANSWER, False
    out = []
    try:
        _encode(value, out, 0)
        text = _join(out)
        if _len(text) <= MAX_ANSWER:
            return text
        return '["u","a result of more than %d bytes"]' % MAX_ANSWER
    except _Unreadable as why:
        return '["u",%s]' % quote(why.args[0])


def _answer(value):
    """What a call answers: the value, and whether a subclass in it was read as its base."""
    text = _value_json(value)
    return '{"value":%s%s}' % (text, ',"loose":true' if _loose else '')


_CONTAINERS = {'l': list, 't': tuple, 'S': set, 'F': frozenset}


def _decode(data):
    """Plain data back from its JSON form. Only ever called in an interpreter without a candidate."""
    if data is None or data is True or data is False:
        return data
    kind, rest = data[0], data[1:]
    if kind in _CONTAINERS:
        return _CONTAINERS[kind](_decode(item) for item in rest)
    if kind == 'i':
        return int(rest[0], 16)
    if kind == 's':
        return rest[0]
    if kind == 'f':
        return float(rest[0])
    if kind == 'd':
        return {_decode(key): _decode(item) for key, item in zip(rest[::2], rest[1::2])}
    if kind == 'v':
        return _MAKERS[rest[0]](*[_decode(part) for part in rest[1:]])
    if kind == 'n':
        return math.nan
    if kind == 'c':
        return complex(float(rest[0]), float(rest[1]))
    if kind == 'b':
        return bytes.fromhex(rest[0])
    if kind == 'e':
        return ...
    return _Unknown()
