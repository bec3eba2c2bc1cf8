"""Bars as SVG: each panel starts at zero, each bar is labelled with its value, shades that survive a black and white printer."""
from html import escape

WIDTH, LABEL, BAR, GAP, TITLE, RIGHT = 760, 250, 20, 8, 34, 90
SHADES = {'floor': '#cccccc', 'ours': '#222222', 'janus': '#888888'}


def panel(title, bars, y):
    """`bars`: (label, value, shade, text of the value). Gives the lines and the height."""
    most = max(value for _, value, _, _ in bars) or 1
    out = [f'<text x="0" y="{y + 18}" class="title">{escape(title)}</text>']
    top = y + TITLE
    for i, (label, value, shade, text) in enumerate(bars):
        at = top + i * (BAR + GAP)
        width = (WIDTH - LABEL - RIGHT) * value / most
        out.append(f'<text x="{LABEL - 8}" y="{at + 15}" text-anchor="end">{escape(label)}</text>')
        out.append(f'<rect x="{LABEL}" y="{at}" width="{width:.1f}" height="{BAR}" fill="{SHADES[shade]}" stroke="#000"/>')
        out.append(f'<text x="{LABEL + width + 6:.1f}" y="{at + 15}">{escape(text)}</text>')
    height = TITLE + len(bars) * (BAR + GAP)
    out.append(f'<line x1="{LABEL}" y1="{top - 4}" x2="{LABEL}" y2="{y + height}" stroke="#000"/>')
    return out, height


def svg(panels, caption):
    """`panels`: (title, bars); one below the other."""
    y, body = 12, []
    for title, bars in panels:
        lines, height = panel(title, bars, y)
        body += lines
        y += height + 22
    body.append(f'<text x="0" y="{y + 4}" class="small">{escape(caption)}</text>')
    y += 16
    return '\n'.join([
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="-10 0 {WIDTH + 20} {y}" width="{WIDTH + 20}" height="{y}" role="img">',
        f'<title>{escape("; ".join(title for title, _ in panels))}</title>',
        '<style>text{font:14px sans-serif;fill:#000}.title{font-weight:bold}.small{font-size:12px}</style>',
        f'<rect x="-10" y="0" width="{WIDTH + 20}" height="{y}" fill="#fff"/>', *body, '</svg>', ''])
