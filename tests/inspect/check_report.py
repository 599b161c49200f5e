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
        .filter(r => r.entry.explain).map(r => ({...r, ...explainable(r.entry.explain)}))
        .filter(r => !r.missing.length && !(r.channels && !r.channels.length))
        .map(r => ({index: r.index, path: r.path, kind: r.entry.explain.kind, output: r.entry.output,
                    channels: r.channels, scale: r.entry.stats ? r.entry.stats.std : 0}))""")
    of_all = page.run("rows.filter(r => (r.kind === 'call' ? page.calls : page.ops)[r.id].explain).length")
    print(f"{len(layers)} of {of_all} layers can be explained")
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


def check_probabilities(page):
    """Of 20 random classes: the softmax, or a detector's score."""
    page.run("document.querySelector('.likely').click()")
    wait_for(page, "panel.dataset.ready === page.classes.explain.kind && !!document.querySelector('.equation')", "softmax")
    classes = page.run("page.classes.shape[1]")
    for index in (random.randrange(classes) for _ in range(20)):
        page.run(f"""(() => {{
          document.getElementById('explanation').replaceChildren();
          document.querySelectorAll('#explain input')[1].value = {index};
          document.querySelector('#explain button').click();
        }})()""")
        wait_for(page, "!!document.querySelector('.equation')", f"the probability of class {index}")
        total, stored = (float(page.run(f"document.querySelector('.equation').dataset.{name}")) for name in ("sum", "stored"))
        check(abs(total - stored) <= 1e-5 * stored + 1e-37, f"class {index}: {total} is not {stored}")


def check_heat(page):
    classes = page.run("[...heatClass.options].map(o => o.value)")
    methods = page.run("[...heatMethod.options].map(o => o.value)")
    check(len(classes) >= 2 and {"Grad-CAM", "saliency", "SmoothGrad", "occlusion"} <= set(methods), f"heat: {classes}, {methods}")
    if page.run("!!page.boxes"):  # they are drawn over the heat, the chosen class's in another colour
        check(page.run("page.boxes.length") > 0, "no box was found")
        page.run("showBoxes.click()")
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


# The contrast of each piece of text with what is behind it (WCAG 2, 1.4.3): those below 4.5.
CONTRAST = """(() => {
  const parts = text => text.match(/[\\d.]+/g).map(Number);
  const luminance = ([r, g, b]) => [r, g, b].map(v => v / 255).map(v => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
      .reduce((sum, v, k) => sum + v * [0.2126, 0.7152, 0.0722][k], 0);
  const behind = element => {
    for (; element; element = element.parentElement) {
      const colour = parts(getComputedStyle(element).backgroundColor);
      if (colour.length === 3 || colour[3] > 0.99) return colour;
    }
    return [255, 255, 255];
  };
  const poor = new Set();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.textContent.trim() || ['SCRIPT', 'NOSCRIPT', 'OPTION'].includes(element.tagName)) continue;
    const [low, high] = [luminance(parts(getComputedStyle(element).color)), luminance(behind(element))].sort((a, b) => a - b);
    if ((high + 0.05) / (low + 0.05) < 4.5) poor.add(`${element.tagName}.${element.className} ${((high + 0.05) / (low + 0.05)).toFixed(2)}`);
  }
  return [...poor];
})()"""


def open_report(page, report):
    """How long it takes until it can be used, in seconds."""
    start = time.time()
    page.open("file://" + report)
    wait_for(page, "document.documentElement.dataset.ready === 'yes'", "the page")
    return time.time() - start


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
        seconds = open_report(page, options.report)
        for _ in range(9):  # a machine with other work to do gets more chances
            if seconds >= 2:
                seconds = min(seconds, open_report(page, options.report))
        check(seconds < 2, f"it takes {seconds:.2f} s to open")
        print(f"opened in {seconds:.2f} s")
        wait_for(page, "!!view.dataset.drawn", "the picture")
        open_layer(page, options.layer)
        maps = page.run("document.querySelectorAll('.map:not(.filter)').length - (document.querySelectorAll('#picture .map').length)")
        check(maps == options.channels, f"{options.layer} shows {maps} maps, not {options.channels}")
        check_explanations(page, [kind for kind in options.kinds.split(",") if kind])
        check_probabilities(page)
        check_heat(page)
        if options.heads:
            check_heads(page, options.heads)
        check_keyboard(page)
        for dark in (False, True):
            page.prefer_dark(dark)
            poor = page.run(CONTRAST)
            check(not poor, f"text that is hard to read, {'dark' if dark else 'light'}: {poor[:5]}")
            for width in (1280, 390):
                page.resize(width, 900)
                open_layer(page, options.layer)
                wide = page.run("document.documentElement.scrollWidth")
                check(wide <= width, f"the page is {wide} wide on a screen of {width}")
                if options.shots:
                    page.screenshot(f"{options.shots}/{width}-{'dark' if dark else 'light'}.png")
        check(not page.problems, f"the console has {page.problems[:3]}")
        outside = [url for url in page.requests if not url.startswith(("file://" + options.report, "data:"))]
        check(not outside, f"the page asked for {outside}")
    print("ok")


if __name__ == "__main__":
    main()
