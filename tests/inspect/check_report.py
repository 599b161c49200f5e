#!/usr/bin/env python3
"""Opens a report in Chromium and uses it as a reader does. Prints what it did; exits with 1, and a line that says what,
where something does not hold.

    check_report.py REPORT.html LAYER CHANNELS [--kinds conv2d,linear,...] [--heads LAYER] [--shots DIR]

LAYER is searched and opened and must show CHANNELS maps. Every kind of explanation is asked for 20 random elements.
"""

import argparse
import json
import random
import time

import chromium


def check(holds, message):
    if not holds:
        raise SystemExit(f"check_report: {message}")


def wait_for(page, condition, what):
    end = time.time() + 20
    while not page.run(condition):
        check(time.time() < end, f"{what} did not come: {condition}")
        time.sleep(0.02)


def open_layer(page, layer):
    page.run(f"""(() => {{
      const search = document.getElementById('search');
      search.value = {json.dumps(layer)};
      search.dispatchEvent(new Event('input'));
    }})()""")
    check(page.run("document.querySelectorAll('.row.hit').length") > 0, f"a search for {layer} finds nothing")
    page.run(f"document.querySelector('.hit .name[title={json.dumps(layer)}]').click()")
    wait_for(page, f"panel.dataset.ready === {json.dumps(layer)}", f"layer {layer}")


def check_explanations(page, kinds):
    """20 random elements of each kind, in four layers of that kind, through the form on the page."""
    layers = page.run("""rows.map(r => ({index: r.index, path: r.path,
        entry: r.kind === 'call' ? page.calls[r.id] : page.ops[r.id]}))
        .filter(r => r.entry.explain && !missingFor(r.entry.explain).length)
        .map(r => ({index: r.index, path: r.path, kind: r.entry.explain.kind, output: r.entry.output,
                    channels: r.entry.explain.channels, scale: r.entry.stats ? r.entry.stats.std : 0}))""")
    found = {layer["kind"] for layer in layers}
    check(set(kinds) <= found, f"there is no {sorted(set(kinds) - found)} to explain, only {sorted(found)}")
    worst = 0
    for kind in kinds:
        all_of_kind = [one for one in layers if one["kind"] == kind]
        some = sorted(random.sample(all_of_kind, min(4, len(all_of_kind))), key=lambda one: one["index"])
        for k in range(20):
            layer = some[k * len(some) // 20]
            index = [random.randrange(size) for size in layer["output"]]
            if layer.get("channels"):
                index[-1 if kind == "linear" else 1] = random.choice(layer["channels"])
            if page.run("chosen") != layer["index"] or not page.run("!!document.querySelector('#explain form')"):
                page.run(f"delete panel.dataset.ready, choose({layer['index']})")
                wait_for(page, f"panel.dataset.ready === {json.dumps(layer['path'])}", layer["path"])
            page.run(f"""(() => {{
              document.getElementById('explanation').replaceChildren();
              const index = {json.dumps(index)};
              document.querySelectorAll('#explain input').forEach((input, d) => {{ input.value = index[d]; }});
              document.querySelector('#explain button').click();
            }})()""")
            wait_for(page, "!!document.querySelector('.equation')", f"the explanation of {layer['path']} {index}")
            answer = page.run("(({sum, stored}) => ({sum, stored}))(document.querySelector('.equation').dataset)")
            total, stored = float(answer["sum"]), float(answer["stored"])
            # Where products cancel, float32 has no 1e-5 of the little that is left: then it is that of a usual value.
            error = abs(total - stored) / max(abs(stored), layer["scale"], 1e-30)
            worst = max(worst, error)
            check(error <= 1e-5, f"{kind} {layer['path']} {index}: the products add up to {total}, stored is {stored}")
    print(f"{20 * len(kinds)} elements explained, largest relative error {worst:.1e}")


def check_probability(page):
    page.run("document.querySelector('.likely').click()")
    wait_for(page, "panel.dataset.ready === 'softmax' && !!document.querySelector('.equation')", "softmax")
    sum_, stored = (float(page.run(f"document.querySelector('.equation').dataset.{name}")) for name in ("sum", "stored"))
    check(abs(sum_ - stored) <= 1e-5 * stored, f"softmax: {sum_} is not {stored}")


def check_heat(page):
    classes = page.run("[...heatClass.options].map(o => o.value)")
    methods = page.run("[...heatMethod.options].map(o => o.value)")
    check(len(classes) >= 2 and {"Grad-CAM", "saliency", "SmoothGrad", "occlusion"} <= set(methods), f"heat: {classes}, {methods}")
    seen = set()
    page.run("heatMethod.value = 'saliency'")  # Grad-CAM may see nothing of an unlikely class, and so of two
    for value in classes:
        page.run(f"heatClass.value = {json.dumps(value)}, heatClass.onchange()")
        wait_for(page, f"view.dataset.drawn === heatClass.value + ' ' + heatMethod.value", "heat")
        seen.add(page.run("view.toDataURL()"))
    check(len(seen) == len(classes), "two classes have the same heat")
    for value in set(methods) - {"saliency"}:
        page.run(f"heatMethod.value = {json.dumps(value)}, heatMethod.onchange()")
        wait_for(page, "view.dataset.drawn === heatClass.value + ' ' + heatMethod.value", "heat")
        seen.add(page.run("view.toDataURL()"))
    check(len(seen) == len(classes) + len(methods) - 1, "two methods have the same heat")
    page.run("heatMethod.value = 'Grad-CAM', heatMethod.onchange()")


def check_heads(page, layer):
    open_layer(page, layer)
    heads = page.run("document.querySelectorAll('#head option').length - 1")
    check(heads > 1, f"{layer} has {heads} heads")
    pictures = set()
    for head in range(heads):
        page.run(f"document.getElementById('head').value = {head}, document.getElementById('head').onchange()")
        wait_for(page, f"document.querySelector('.attended').dataset.drawn === '{head} 0'", f"head {head}")
        pictures.add(page.run("document.querySelector('.attended').toDataURL()"))
    check(len(pictures) == heads, "two heads have the same map")
    print(f"{heads} heads shown")


def check_keyboard(page):
    """Arrows move through the list and fold it, Enter opens."""
    page.run("document.getElementById('fold').click(), tree.querySelector('[data-row=\"0\"]').focus()")
    page.press("ArrowDown")
    row = page.run("Number(document.activeElement.dataset.row)")
    check(row > 0, f"the arrow down leads to {row}")
    page.press("Enter")
    wait_for(page, f"chosen === {row}", "the row that Enter was pressed on")
    unnamed = page.run("""[...document.querySelectorAll('button, input, select, canvas, img, svg[role=img]')]
        .filter(e => !(e.getAttribute('aria-label') || e.alt || e.textContent.trim() || e.closest('label'))).map(e => e.outerHTML.slice(0, 99))""")
    check(not unnamed, f"these have no name for who cannot see them: {unnamed[:3]}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("report")
    parser.add_argument("layer")
    parser.add_argument("channels", type=int)
    parser.add_argument("--kinds", default="")
    parser.add_argument("--heads")
    parser.add_argument("--shots")
    options = parser.parse_args()
    random.seed(1)
    with chromium.Page() as page:
        start = time.time()
        page.open("file://" + options.report)
        wait_for(page, "document.documentElement.dataset.ready === 'yes'", "the page")
        print(f"opened in {time.time() - start:.2f} s")
        wait_for(page, "!!view.dataset.drawn", "the picture")
        open_layer(page, options.layer)
        maps = page.run("document.querySelectorAll('.map:not(.filter)').length - (document.querySelectorAll('#picture .map').length)")
        check(maps == options.channels, f"{options.layer} shows {maps} maps, not {options.channels}")
        check_explanations(page, [kind for kind in options.kinds.split(",") if kind])
        check_probability(page)
        check_heat(page)
        if options.heads:
            check_heads(page, options.heads)
        check_keyboard(page)
        for width in (1280, 390):
            page.resize(width, 900)
            open_layer(page, options.layer)
            wide = page.run("document.documentElement.scrollWidth")
            check(wide <= width, f"the page is {wide} wide on a screen of {width}")
            if options.shots:
                page.screenshot(f"{options.shots}/{width}.png")
        check(not page.problems, f"the console has {page.problems[:3]}")
        outside = [url for url in page.requests if not url.startswith(("file://" + options.report, "data:"))]
        check(not outside, f"the page asked for {outside}")
    print("ok")


if __name__ == "__main__":
    main()
