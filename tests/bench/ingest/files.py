"""Files of each format, about three pages each, with headings, paragraphs, a list and a table."""

import csv
import random
import sys
from email.message import EmailMessage
from pathlib import Path

import docx
import openpyxl
import pptx
from fpdf import FPDF

WORDS = Path(__file__).parents[3].joinpath("README.md").read_text().split()
folder, count = Path(sys.argv[1]), int(sys.argv[2])
chance = random.Random(7)


def words(number):
    return " ".join(chance.choice(WORDS).strip("`|*#") or "a" for _ in range(number))


def sections():
    for number in range(1, 7):
        yield f"{number} {words(4)}", [words(80) for _ in range(3)], [words(8) for _ in range(5)]


def rows(number):
    return [["Role", "Days", "Note"]] + [[words(2), chance.randint(1, 30), words(6)] for _ in range(number)]


def markdown():
    parts = [f"# {words(3)}"]
    for heading, paragraphs, items in sections():
        parts += [f"## {heading}", *paragraphs, "\n".join(f"- {item}" for item in items)]
    return "\n\n".join(parts)


def make_md(path):
    path.write_text(markdown())


def make_html(path):
    body = "".join(
        f"<h2>{heading}</h2>" + "".join(f"<p>{text}</p>" for text in paragraphs)
        + "<ul>" + "".join(f"<li>{item}" for item in items) + "</ul>"
        for heading, paragraphs, items in sections()
    )
    path.write_text(f"<!doctype html><title>{words(3)}</title><nav>Home</nav><main><h1>{words(3)}</h1>{body}</main>")


def make_pdf(path):
    pdf = FPDF()
    pdf.set_font("helvetica", size=11)
    for heading, paragraphs, items in sections():
        if pdf.page == 0 or pdf.get_y() > 200:
            pdf.add_page()
        for size, texts in (16, [heading]), (11, paragraphs), (11, [f"- {item}" for item in items]):
            pdf.set_font("helvetica", size=size)
            for text in texts:
                text = text.encode("latin-1", "replace").decode("latin-1")
                pdf.multi_cell(0, 6, text, new_x="LMARGIN", new_y="NEXT")
    pdf.output(str(path))


def make_docx(path):
    document = docx.Document()
    for heading, paragraphs, items in sections():
        document.add_heading(heading, 1)
        for text in paragraphs:
            document.add_paragraph(text)
        for item in items:
            document.add_paragraph(item, style="List Bullet")
    table = document.add_table(rows=0, cols=3)
    for row in rows(10):
        for cell, text in zip(table.add_row().cells, row):
            cell.text = str(text)
    document.save(path)


def make_pptx(path):
    presentation = pptx.Presentation()
    for heading, paragraphs, items in sections():
        slide = presentation.slides.add_slide(presentation.slide_layouts[1])
        slide.shapes.title.text = heading
        slide.placeholders[1].text = "\n".join(items)
        slide.notes_slide.notes_text_frame.text = paragraphs[0]
    presentation.save(path)


def make_xlsx(path):
    workbook = openpyxl.Workbook()
    for row in rows(200):
        workbook.active.append(row)
    workbook.save(path)


def make_csv(path):
    with path.open("w") as file:
        csv.writer(file).writerows(rows(200))


def make_eml(path):
    message = EmailMessage()
    message["Subject"], message["From"], message["To"] = words(4), "ann@example.org", "bob@example.org"
    message["Message-ID"] = f"<{path.stem}@example.org>"
    message.set_content(markdown())
    path.write_bytes(message.as_bytes())


for ending in "md", "html", "pdf", "docx", "pptx", "xlsx", "csv", "eml":
    folder.joinpath(ending).mkdir(parents=True)
    for number in range(count):
        globals()[f"make_{ending}"](folder.joinpath(ending, f"{number}.{ending}"))
