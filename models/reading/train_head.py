"""Trains the last layers of the line recogniser on worn typescript: typescript.onnx here.

    python models/reading/train_head.py lines SHARED LINES.PKL [--pages 80]
    python models/reading/train_head.py fit LINES.PKL

`lines` reads pages of SHARED/silver with the program as it is and keeps the lines on which both transcriptions agree to the
letter (case and brackets apart), with what the recogniser's convolutions see in them (`rapid.SEEN`), as scanned and twice
worn further: ink thickened or thinned, light uneven, grain, another threshold, specks, slant, height. `fit` goes on from the
package's own last layers, by CTC, with columns hidden at random, then takes STEP of the way from those to what was learned
(Wortsman et al. 2022, Robust fine-tuning of zero-shot models): other faces than typewriters' must not be unlearned.
Documents are held out by name. Needs jax, optax and onnx. On one slow core: `lines` 5 s a page, `fit` five minutes.
"""

# ruff: noqa
from __future__ import annotations

import argparse, hashlib, json, pickle, random, re
from importlib.resources import files
from pathlib import Path

import cv2, edlib, jax, jax.numpy as jnp, numpy as np, onnx
from onnx import TensorProto as T, helper as h, numpy_helper as nh

from pipeline.ocr import rapid
from pipeline.ocr.decode import letters
from pipeline.ocr.first import ROOM, SINGLE, line_height, roomy, softened
from pipeline.ocr.plate import Plate, best_dpi, has_type, skew_of

HERE = Path(__file__).parent
[RECOGNISER] = (Path(str(p)) for p in (files("rapidocr") / "models").iterdir() if "_rec_" in p.name)
EPOCHS, RATE, STEP = 7, 1e-3, 0.5
BUCKETS = ((72, 20, 60), (136, 12, 120))  # columns, lines, letters: few shapes, since each is compiled


def seen(crops):
    """What the convolutions see in each crop: float16 (columns, 384)."""
    found = rapid._models()
    out = [None] * len(crops)
    for some in rapid._batches([c.shape[1] for c in crops]):
        wide = -(-max(320, *(crops[i].shape[1] for i in some)) // 8) * 8
        stack = np.zeros((len(some), 3, 48, wide), np.float32)
        for row, i in enumerate(some):
            stack[row, :, :, : crops[i].shape[1]] = crops[i].astype(np.float32) / 127.5 - 1
        got = found.recogniser.run([rapid.SEEN.decode()], {"x": stack})[0]
        for row, i in enumerate(some):
            out[i] = got[row, :, 0].T[: -(-crops[i].shape[1] // 8) + 1].astype(np.float16)
    return out


def text_of(feat):
    likely = rapid._models().head.run(None, {"features": feat.astype("f")[None]})[0][0]
    return re.sub(" +", " ", "".join(x.text for x in letters(likely, rapid.characters()))).strip()


def squashed(t):
    for a, b in ("’'", "‘'", '“"', '”"', "—-", "–-"):
        t = t.replace(a, b)
    t = re.sub(r"-{6,} *Page \d+", " ", t)
    return re.sub(r"\s+", " ", t).strip()


def match(line, T):
    r = edlib.align(line, T, mode="HW", task="locations")
    if r["editDistance"] < 0 or not r["locations"]:
        return None
    s, e = r["locations"][0]
    s = s or 0
    e += 1
    # to whole words
    for _ in range(4):
        if s > 0 and T[s - 1] != " " and T[s] != " ":
            s -= 1
    for _ in range(4):
        if e < len(T) and T[e] != " " and T[e - 1] != " ":
            e += 1
    return r["editDistance"], T[s:e].strip()


bare = lambda t: re.sub(r"[^A-Za-z0-9]", "", t)


def label(line, A, B):
    if len(bare(line)) < 6:
        return None
    ma, mb = match(line, A), match(line, B)
    if not ma or not mb:
        return None
    lim = (0.3 if len(line) < 15 else 0.4) * len(line)
    if ma[0] > lim or mb[0] > lim:
        return None
    a, b = ma[1], mb[1]
    if "[" in a + b or "]" in a + b:
        return None
    if bare(a) != bare(b):
        return None
    ca, cb = a.replace(" ", ""), b.replace(" ", "")
    if ca == cb:
        return a if a.count(" ") >= b.count(" ") or True else b
    # they differ in punctuation only: who agrees with the reader
    cl = line.replace(" ", "")
    if ca == cl:
        return a
    if cb == cl:
        return b
    if bare(a) == bare(line):
        return line  # letters all agree; keep reader's punctuation
    return None


def native(gray, c):
    s = rapid.Strip(roomy(c, 1.5), 1)
    high = int(min(96, max(40, round(s.height))))
    wide = max(8, int(round(s.width * high / s.height)))
    t = cv2.getPerspectiveTransform(
        s.corners.astype(np.float32), np.array([[0, 0], [wide, 0], [wide, high], [0, high]], np.float32)
    )
    return cv2.warpPerspective(gray, t, (wide, high), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)


def augment(crop, rng):
    """crop: native, 1.5 x strip high -> 48 high"""
    g = crop.astype(np.float32)
    h, w = g.shape
    lh = h / 1.5
    k = rng.random()
    if k < 0.3:  # thick or thin ink
        n = 2 if rng.random() < 0.7 else 3
        ker = np.ones((n, n), np.uint8) if rng.random() < 0.5 else np.ones((1, n), np.uint8)
        g = (cv2.erode if rng.random() < 0.5 else cv2.dilate)(g, ker)
    if rng.random() < 0.45:  # film: blur, uneven light, grain, threshold
        s = rng.uniform(0.02, 0.06) * lh
        b = cv2.GaussianBlur(g, (0, 0), max(0.4, s))
        light = cv2.resize(
            np.array([[rng.gauss(0, 1) for _ in range(max(2, w // 150) + 1)] for _ in range(2)], np.float32),
            (w, h),
            interpolation=cv2.INTER_CUBIC,
        ) * rng.uniform(0, 45)
        grain = np.random.default_rng(rng.randrange(1 << 30)).normal(0, 1, (h, w)).astype(np.float32)
        gs = rng.uniform(0.4, 1.6)
        grain = cv2.GaussianBlur(grain, (0, 0), gs)
        grain /= grain.std()
        v = b + light + grain * rng.uniform(10, 75)
        thr = rng.uniform(95, 165)
        g = np.where(v > thr, 255, 0).astype(np.float32)
    if rng.random() < 0.25:  # specks
        n = int(w * h / (lh * lh) * rng.uniform(0.5, 6))
        for _ in range(n):
            cv2.circle(
                g, (rng.randrange(w), rng.randrange(h)), rng.choice([0, 1, 1, 2]), 0 if rng.random() < 0.7 else 255, -1
            )
    if rng.random() < 0.3:
        sh = rng.uniform(-0.12, 0.12)
        M = np.float32([[1, sh, -sh * h / 2], [0, 1, 0]])
        g = cv2.warpAffine(g, M, (w, h), borderMode=cv2.BORDER_REPLICATE)
    if rng.random() < 0.4:
        sl = rng.uniform(-1, 1) * 0.08 * lh
        M = np.float32([[1, 0, 0], [2 * sl / w, 1, -sl]])
        g = cv2.warpAffine(g, M, (w, h), borderMode=cv2.BORDER_REPLICATE)
    g = cv2.GaussianBlur(g, (0, 0), max(0.3, lh / 23 * rng.choice([0.6, 1, 1, 1, 1.4])))
    room = rng.uniform(1.0, 1.35)
    off = rng.uniform(-0.06, 0.06) * lh
    top = max(0, (h - room * lh) / 2 + off)
    bot = min(h, (h + room * lh) / 2 + off)
    g = g[int(round(top)) : int(round(bot))]
    wide = max(8, int(np.ceil(w * 48 / g.shape[0] * rng.uniform(0.92, 1.08))))
    if rng.random() < 0.2:
        g = 255 - (255 - g) * rng.uniform(0.5, 1)
    return np.clip(
        cv2.resize(g, (wide, 48), interpolation=cv2.INTER_AREA if g.shape[0] > 62 else cv2.INTER_LINEAR), 0, 255
    ).astype(np.uint8)


def page(path, number, a, b, rng):
    from pipeline.batch.work import identify_file
    from pipeline.intake.sheets import open_sheet
    from pipeline.settings import Settings

    settings = Settings()
    scan = identify_file(str(path), settings, {})
    sheet = open_sheet(scan.path, scan.media_type, number, settings)
    plate = Plate.of(sheet, best_dpi(sheet))
    if not has_type(plate):
        return []
    plate = plate.straightened(skew_of(plate.gray, plate.dpi))
    strips = rapid.find_strips(plate.gray, plate.dpi)
    if not strips or sum(s.tall for s in strips) > len(strips) / 2:
        return []
    soft, high = softened(plate.gray, strips), line_height(strips)
    level = [s.corners for s in strips if not s.tall or s.height <= SINGLE * high]
    out = []
    for corners, feat in zip(level, seen([rapid.cut(soft, roomy(c, ROOM)) for c in level])):
        agreed = label(squashed(text_of(feat)), a, b)
        if agreed:
            out.append(
                dict(page=f"{path.stem}.p{number}", label=agreed, feats=[feat], native=native(plate.gray, corners))
            )
    worn = seen([augment(r["native"], rng) for r in out for _ in range(2)]) if out else []
    for i, r in enumerate(out):
        r["feats"] += worn[2 * i : 2 * i + 2]
        del r["native"]
    return out


def lines(shared, out, pages):
    silver, rng = shared / "silver", random.Random(1)
    jobs = [
        (silver / "scans" / f"{name}.pdf", k)
        for name, n, *_ in json.loads((silver / "manifest.json").read_text())
        for k in range(1, n + 1)
    ]
    random.Random(7).shuffle(jobs)
    with out.open("wb") as f:
        for path, k in jobs[:pages]:
            both = (squashed((silver / s / f"{path.stem}.txt").read_text("utf-8", "replace")) for s in "ab")
            pickle.dump(page(path, k, *both, rng), f)


def pretrained(columns):
    g = onnx.load_from_string(RECOGNISER.read_bytes()).graph
    I = {i.name: nh.to_array(i) for i in g.initializer}
    for n in g.node:
        if n.op_type == "Constant":
            I[n.output[0]] = nh.to_array(n.attribute[0].t)

    def bn(n):
        s = I[f"batch_norm2d_{n}.w_0"] / np.sqrt(I[f"batch_norm2d_{n}.w_2"] + 1e-5)
        return s, I[f"batch_norm2d_{n}.b_0"] - I[f"batch_norm2d_{n}.w_1"] * s

    def conv(c, b):
        s, o = bn(b)
        return dict(w=(I[f"conv2d_{c}.w_0"][:, :, 0, 0] * s[:, None]).T, b=o)

    s, o = bn(56)
    p = dict(guide=conv(67, 57), enter=conv(65, 55), mix=dict(w=(I["conv2d_66.w_0"][:, 0, 0, :] * s[:, None]).T, b=o))
    ln = lambda a, b: dict(g=I[f"helper.reshape.{a}"].reshape(-1), b=I[f"helper.reshape.{b}"].reshape(-1))
    for k, (l0, r0) in enumerate(((0, 0), (4, 4))):
        L = lambda i: dict(w=I[f"linear_{l0 + i}.w_0"], b=I[f"linear_{l0 + i}.b_0"].reshape(-1))
        p[f"block{k}"] = dict(ln1=ln(r0, r0 + 1), qkv=L(0), proj=L(1), ln2=ln(r0 + 2, r0 + 3), up=L(2), down=L(3))
    p["ln"] = ln(8, 9)
    p["head"] = dict(w=I["linear_8.w_0"][:, columns], b=I["linear_8.b_0"].reshape(-1)[columns])
    return jax.tree_util.tree_map(lambda a: jnp.asarray(np.array(a, np.float32)), p)


EPS = 1e-5
HEADS = 8


def norm(x, p):
    m = x.mean(-1, keepdims=True)
    v = ((x - m) ** 2).mean(-1, keepdims=True)
    return (x - m) / jnp.sqrt(v + EPS) * p["g"] + p["b"]


lin = lambda x, p: x @ p["w"] + p["b"]


def forward(p, x, mask, key=None, drop=0.0):
    """x (N,T,384), mask (N,T) 1 real"""
    sw = jax.nn.silu

    def dp(h, i):
        if key is None or not drop:
            return h
        k = jax.random.fold_in(key, i)
        return h * jax.random.bernoulli(k, 1 - drop, h.shape) / (1 - drop)

    g = sw(lin(x, p["guide"]))
    y = sw(lin(x, p["enter"])) * mask[..., None]
    yp = jnp.pad(y, ((0, 0), (3, 3), (0, 0)))
    T = x.shape[1]
    z = sum(yp[:, i : i + T] * p["mix"]["w"][i] for i in range(7)) + p["mix"]["b"]
    h = y + sw(z)
    N = x.shape[0]
    D = h.shape[-1]
    hd = D // HEADS
    bias = jnp.where(mask > 0, 0.0, -1e9)[:, None, None, :]
    for k in range(2):
        b = p[f"block{k}"]
        q = lin(norm(h, b["ln1"]), b["qkv"]).reshape(N, T, 3, HEADS, hd).transpose(2, 0, 3, 1, 4)
        a = jax.nn.softmax((q[0] * hd**-0.5) @ q[1].transpose(0, 1, 3, 2) + bias, -1) @ q[2]
        h = h + dp(lin(a.transpose(0, 2, 1, 3).reshape(N, T, D), b["proj"]), 2 * k)
        h = h + dp(lin(sw(lin(norm(h, b["ln2"]), b["up"])), b["down"]), 2 * k + 1)
    h = norm(h, p["ln"]) + g
    return lin(dp(h, 9), p["head"])


def tail(p, characters):
    nodes = []
    inits = []
    count = [0]

    def const(a, name=None):
        name = name or f"c{len(inits)}"
        inits.append(nh.from_array(np.asarray(a), name))
        return name

    def op(kind, *ins, n=1, **kw):
        outs = [f"t{count[0] + i}" for i in range(n)]
        count[0] += n
        nodes.append(h.make_node(kind, list(ins), outs, **kw))
        return outs[0] if n == 1 else outs

    def weight(a):  # kept at half size, computed at full
        return op("Cast", const(np.asarray(a, np.float16)), to=T.FLOAT)

    f32 = lambda a: const(np.asarray(a, np.float32))
    lin = lambda x, q: op("Add", op("MatMul", x, weight(q["w"])), f32(q["b"]))
    silu = lambda x: op("Mul", x, op("Sigmoid", x))

    def norm(x, q):
        m = op("Sub", x, op("ReduceMean", x, axes=[-1]))
        v = op("ReduceMean", op("Mul", m, m), axes=[-1])
        return op("Add", op("Mul", op("Div", m, op("Sqrt", op("Add", v, f32(1e-5)))), f32(q["g"])), f32(q["b"]))

    x = "features"
    g = silu(lin(x, p["guide"]))
    y = silu(lin(x, p["enter"]))
    z = op(
        "Conv",
        op("Transpose", y, perm=[0, 2, 1]),
        weight(np.asarray(p["mix"]["w"]).T[:, None, :]),
        f32(p["mix"]["b"]),
        group=120,
        kernel_shape=[7],
        pads=[3, 3],
    )
    hh = op("Add", y, silu(op("Transpose", z, perm=[0, 2, 1])))
    shape = const(np.array([0, -1, 3, 8, 15], np.int64))
    back = const(np.array([0, -1, 120], np.int64))
    for k in range(2):
        b = p[f"block{k}"]
        q = op("Transpose", op("Reshape", lin(norm(hh, b["ln1"]), b["qkv"]), shape), perm=[2, 0, 3, 1, 4])
        parts = op("Split", q, axis=0, split=[1, 1, 1], n=3)
        Q, K, V = [op("Squeeze", s, axes=[0]) for s in parts]
        a = op(
            "MatMul",
            op("Softmax", op("MatMul", op("Mul", Q, f32(15**-0.5)), op("Transpose", K, perm=[0, 1, 3, 2])), axis=3),
            V,
        )
        hh = op("Add", hh, lin(op("Reshape", op("Transpose", a, perm=[0, 2, 1, 3]), back), b["proj"]))
        hh = op("Add", hh, lin(silu(lin(norm(hh, b["ln2"]), b["up"])), b["down"]))
    op("Softmax", lin(op("Add", norm(hh, p["ln"]), g), p["head"]), axis=2)
    nodes[-1].output[0] = "likely"
    graph = h.make_graph(
        nodes,
        "typescript",
        [h.make_tensor_value_info("features", T.FLOAT, ["lines", "columns", 384])],
        [h.make_tensor_value_info("likely", T.FLOAT, ["lines", "columns", len(characters)])],
        inits,
    )
    m = h.make_model(graph, opset_imports=[h.make_opsetid("", 11)], ir_version=7)
    e = m.metadata_props.add()
    e.key = "characters"
    e.value = characters[1:]
    onnx.checker.check_model(m)
    return m


def load(path):
    number = {c: i for i, c in enumerate(rapid.characters())}
    with path.open("rb") as f:
        while True:
            try:
                rows = pickle.load(f)
            except EOFError:
                return
            for r in rows:
                yield r["page"], [number[c] for c in r["label"] if c in number], r["feats"]


def groups(items, rng):
    by = [[i for i in items if len(i[0]) <= T and len(i[1]) <= L] for T, _, L in BUCKETS]
    by[1] = [i for i in by[1] if not (len(i[0]) <= BUCKETS[0][0] and len(i[1]) <= BUCKETS[0][2])]
    out = []
    for some, shape in zip(by, BUCKETS):
        rng.shuffle(some)
        out += [(some[i : i + shape[1]], shape) for i in range(0, len(some), shape[1])]
    rng.shuffle(out)
    return out


def pack(some, T, n, L):
    x, m = np.zeros((n, T, 384), np.float32), np.ones((n, T), np.float32)
    y, ym, w = np.zeros((n, L), np.int32), np.ones((n, L), np.float32), np.zeros(n, np.float32)
    for i, (f, l) in enumerate(some):
        x[i, : len(f)] = f
        m[i, len(f) :] = 0
        y[i, : len(l)] = l
        ym[i, : len(l)] = 0
        w[i] = 1
    return x, m, y, ym, w


def fit(path):
    import optax

    characters = rapid.characters()
    known = [
        "\0",
        *__import__("onnxruntime")
        .InferenceSession(str(RECOGNISER))
        .get_modelmeta()
        .custom_metadata_map["character"]
        .splitlines(),
        " ",
    ]
    columns = [0, *(known.index(c) for c in characters[1:-1]), len(known) - 1]
    first = p = pretrained(columns)
    rng = random.Random(1)
    train, held = [], []
    for name, y, feats in load(path):
        there = int(hashlib.md5(name.split(".p")[0].encode()).hexdigest(), 16) % 10 == 0
        (held if there else train).extend((f, y) for f in feats if 2 <= len(y) < len(f))

    def loss(p, x, m, y, ym, w, key):
        k1, k2 = jax.random.split(key)
        o = forward(p, x * jax.random.bernoulli(k2, 0.96, m.shape)[..., None], m, k1, 0.1)
        return (optax.ctc_loss(o, 1 - m, y, ym) * w / jnp.maximum(1, (1 - ym).sum(-1)) ** 0.5).sum() / w.sum()

    total = len(groups(train, rng)) * EPOCHS
    tx = optax.chain(
        optax.clip_by_global_norm(5.0),
        optax.adamw(optax.warmup_cosine_decay_schedule(0, RATE, 30, total, RATE / 50), weight_decay=1e-3),
    )
    state = tx.init(p)
    key = jax.random.PRNGKey(0)

    @jax.jit
    def step(p, state, key, *batch):
        l, g = jax.value_and_grad(loss)(p, *batch, key)
        u, state = tx.update(g, state, p)
        return optax.apply_updates(p, u), state, l

    def errors(p):
        wrong = size = 0
        for some, shape in groups(list(held), random.Random(0)):
            x, m, *_ = pack(some, *shape)
            o = np.asarray(forward(p, x, m)).argmax(-1)
            for i, (f, l) in enumerate(some):
                b = o[i, : len(f)]
                read = [c for k, c in enumerate(b) if c and (k == 0 or b[k - 1] != c)]
                wrong += edlib.align("".join(map(chr, l)), "".join(map(chr, read)))["editDistance"]
                size += len(l)
        return wrong / max(1, size)

    print(len(train), "lines; held out", len(held), f"errors before {errors(p):.4f}")
    for epoch in range(EPOCHS):
        for some, shape in groups(train, rng):
            key, k = jax.random.split(key)
            p, state, _ = step(p, state, k, *pack(some, *shape))
        print(f"epoch {epoch + 1}: {errors(p):.4f}", flush=True)
    p = jax.tree_util.tree_map(lambda a, b: (1 - STEP) * np.asarray(a) + STEP * np.asarray(b), first, p)
    print(f"on the way: {errors(p):.4f}")
    (HERE / "typescript.onnx").write_bytes(tail(p, characters).SerializeToString())


if __name__ == "__main__":
    cli = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    verbs = cli.add_subparsers(dest="verb", required=True)
    one = verbs.add_parser("lines")
    one.add_argument("shared", type=Path)
    one.add_argument("out", type=Path)
    one.add_argument("--pages", type=int, default=80)
    two = verbs.add_parser("fit")
    two.add_argument("lines", type=Path)
    args = cli.parse_args()
    if args.verb == "lines":
        lines(args.shared, args.out, args.pages)
    else:
        fit(args.lines)
