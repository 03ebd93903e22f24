"""Evaluates conditions as CPython does, to compare with our own evaluation.

Reads one JSON object {"text", "param", "context"} a line and answers one word a line: `refused` where the
text is not in the language, else `true`, `false` or `raises`. The language is a subset of Python's, so
`ast.parse` decides on syntax and `eval` on the result; on top of it, only true, false, null and reading
members by dot have a meaning of their own. {"pattern", "name"} asks fnmatch.
"""
import ast
import fnmatch
import io
import json
import re
import sys
import tokenize
import warnings
from decimal import Decimal
from math import isfinite

CONSTANTS = {"true": True, "false": False, "null": None}
NUMBER = re.compile(r"(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?\Z", re.ASCII)
STRING = re.compile(
    r"""(?P<quote>["'])(?!(?P=quote){2})(?:[^\\]|\\[\\'"nrtbf]|\\0(?![0-7])|\\x[0-9a-fA-F]{2}"""
    r"""|\\u(?![dD][89a-fA-F])[0-9a-fA-F]{4}|\\U(?!0000[dD][89a-fA-F])[0-9a-fA-F]{8})*(?P=quote)\Z"""
)
PLAIN = (
    ast.Expression, ast.BoolOp, ast.And, ast.Or, ast.Not, ast.USub, ast.Compare, ast.Load, ast.List, ast.Set,
    ast.Eq, ast.NotEq, ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.In, ast.NotIn, ast.Is, ast.IsNot,
)


class Refused(Exception):
    pass


def need(condition):
    if not condition:
        raise Refused


def check_tokens(text):
    """Lexical rules of ours that Python does not have; answers where each `(` is closed."""
    tokens = list(tokenize.generate_tokens(io.StringIO(text).readline))
    opened, closed = [], {}
    for token, after in zip(tokens, tokens[1:] + tokens[-1:]):
        need(token.type in (tokenize.NAME, tokenize.NUMBER, tokenize.STRING, tokenize.OP,
                            tokenize.NEWLINE, tokenize.NL, tokenize.ENDMARKER))
        if token.type == tokenize.NAME:
            need(token.string.isascii())
        if token.type == tokenize.NUMBER:
            need(NUMBER.match(token.string))
            need(after.type != tokenize.NAME or after.start != token.end)
            # Integers are exact; a decimal has at most 17 digits and is neither infinite nor lost as a float.
            decimal, number = Decimal(token.string), float(token.string)
            digits = len("".join(map(str, decimal.as_tuple().digits)).strip("0"))
            need(token.string.isdigit() or (digits <= 17 and isfinite(number) and (number != 0 or decimal == 0)))
        if token.type == tokenize.STRING:
            need(STRING.match(token.string))
            need(after.type != tokenize.STRING)
        if token.string == "(":
            opened.append(token.start[1])
        if token.string == ")" and opened:
            closed[opened.pop()] = token.end[1]
    return closed


def is_singleton(node):
    return (isinstance(node, ast.Constant) and (node.value is None or isinstance(node.value, bool))) or (
        isinstance(node, ast.Name) and node.id in CONSTANTS
    )


def check_node(node, text, closed):
    raw = text.encode()
    if isinstance(node, ast.Name):
        need(node.id in CONSTANTS or node.id in ("param", "context"))
    elif isinstance(node, ast.Constant):
        need(node.value is None or type(node.value) in (bool, int, float, str))
    elif isinstance(node, ast.Attribute):
        need(not node.attr.startswith("_"))
    elif isinstance(node, ast.Subscript):
        key = getattr(node.slice, "value", None)
        need(not (isinstance(node.slice, ast.Constant) and isinstance(key, str) and key.startswith("__")))
    elif isinstance(node, ast.Tuple):
        start, end = (len(raw[:at].decode()) for at in (node.col_offset, node.end_col_offset))
        need(closed.get(start) == end)
    elif isinstance(node, ast.Dict):
        need(all(isinstance(key, ast.Constant) and isinstance(key.value, str) for key in node.keys))
    elif isinstance(node, ast.UnaryOp):
        if isinstance(node.op, ast.USub):
            number = node.operand
            need(isinstance(number, ast.Constant) and type(number.value) in (int, float))
            need(raw[node.col_offset + 1 : number.col_offset].strip() == b"")
        else:
            need(isinstance(node.op, ast.Not))
    else:
        need(isinstance(node, PLAIN))
    if isinstance(node, ast.Compare):
        operands = [node.left, *node.comparators]
        for op, left, right in zip(node.ops, operands, operands[1:]):
            if isinstance(op, (ast.Is, ast.IsNot)):
                need(is_singleton(left) or is_singleton(right))


class Translate(ast.NodeTransformer):
    def visit_Name(self, node):
        return ast.copy_location(ast.Constant(CONSTANTS[node.id]), node) if node.id in CONSTANTS else node

    def visit_Attribute(self, node):
        value = self.visit(node.value)
        call = ast.Call(ast.Name("_member", ast.Load()), [value, ast.Constant(node.attr)], [])
        return ast.fix_missing_locations(ast.copy_location(call, node))


def member(value, key):
    if type(value) is not dict:
        raise TypeError(f"no member {key}")
    return value[key]


def read(text):
    # Line ends separate tokens in a condition; no string holds one.
    text = text.replace("\r", " ").replace("\n", " ").strip(" \t\f")
    tree = ast.parse(text, mode="eval")
    closed = check_tokens(text)
    for node in ast.walk(tree):
        check_node(node, text, closed)
    return compile(Translate().visit(tree), "<condition>", "eval")


def answer(case):
    if "pattern" in case:
        return "true" if fnmatch.fnmatchcase(case["name"], case["pattern"]) else "false"
    try:
        code = read(case["text"])
    except (Refused, SyntaxError, ValueError, tokenize.TokenError):
        return "refused"
    roots = {"__builtins__": {}, "_member": member, "param": case["param"], "context": case["context"]}
    try:
        return "true" if eval(code, roots) else "false"
    except Exception:
        return "raises"


warnings.simplefilter("ignore")
for line in sys.stdin:
    print(answer(json.loads(line)), flush=False)
