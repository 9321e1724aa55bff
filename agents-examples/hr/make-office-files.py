"""Writes the example's office files into documents/: one PDF, one DOCX and one XLSX, the same bytes at each run.

Needs reportlab, python-docx and openpyxl. Each file has a sidecar, `<file>.yml`, with what a Markdown document says in its
front matter.
"""
import datetime
import io
import pathlib
import zipfile

import docx
import openpyxl
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.platypus import PageBreak, Paragraph, SimpleDocTemplate, Spacer, Table

FOLDER = pathlib.Path(__file__).parent / "documents"
BEGAN = datetime.datetime(2026, 1, 1)

HANDBOOK = [
    ("1 Before work", [
        "1.1 Training: nobody works at a pressure bench before the bench course of one day has been passed.",
        "1.2 Checks: the bench log is signed before the first pressure of the day is applied.",
        "1.3 Clothing: closed shoes and safety glasses are worn at every bench.",
    ]),
    ("2 Pressure", [
        "2.1 Raising pressure: pressure is raised in steps of ten bar, with a pause of 30 seconds after each step.",
        "2.2 Leaks: a leak above 100 bar is never searched for by hand; the bench is vented first.",
        "2.3 Hoses: hoses are replaced every 24 months, whatever they look like.",
    ]),
    ("3 After work", [
        "3.1 Venting: the bench is vented and the valve V3 is left open over night.",
        "3.2 Faults: a faulty bench gets a red tag, and only the bench keeper removes it.",
    ]),
]
LIMITS = [["Bench", "Highest pressure", "Bench keeper"], ["A", "40 bar", "Applications laboratory"],
          ["B", "250 bar", "Calibration laboratory"], ["C", "700 bar", "Calibration laboratory"]]

RELOCATION = [
    ("1 Who is supported", [
        "1.1 Families: employees who move with children receive a school search at the company's cost.",
        "1.2 Single movers: single movers receive two viewing trips of three nights each.",
    ]),
    ("2 What is paid", [
        "2.1 Removal: one removal of up to 40 cubic metres is paid after three quotations.",
        "2.2 Storage: furniture is stored for at most four months at the company's cost.",
    ]),
]
SUPPORT = [["Help", "Leeds", "Hamburg", "Valencia", "Boston"], ["Estate agent", "GBP 900", "EUR 1,000", "EUR 700", "USD 1,800"],
           ["Language lessons", "20 hours", "40 hours", "40 hours", "20 hours"]]

ALLOWANCES = [["Country", "Full day", "Half day", "Currency"], ["Austria", 42, 21, "EUR"], ["France", 47, 24, "EUR"],
              ["Germany", 38, 19, "EUR"], ["Japan", 6900, 3450, "JPY"], ["Spain", 36, 18, "EUR"],
              ["Switzerland", 66, 33, "CHF"], ["United Kingdom", 39, 20, "GBP"], ["United States", 58, 29, "USD"]]
MILEAGE = [["Office", "Rate", "Unit"], ["Leeds", 0.47, "GBP a mile"], ["Hamburg", 0.37, "EUR a kilometre"],
           ["Valencia", 0.36, "EUR a kilometre"], ["Boston", 0.70, "USD a mile"]]


def pdf(path):
    style = getSampleStyleSheet()
    story = [Paragraph("Bench safety handbook", style["Title"])]
    for heading, rules in HANDBOOK:
        story.append(Paragraph(heading, style["Heading1"]))
        for rule in rules:
            number, text = rule.split(": ", 1)
            story += [Paragraph(number, style["Heading2"]), Paragraph(text[0].upper() + text[1:], style["BodyText"])]
        story.append(PageBreak())
    story += [Paragraph("4 Limits of the benches", style["Heading1"]), Spacer(1, 12), Table(LIMITS)]
    SimpleDocTemplate(str(path), pagesize=A4, title="Bench safety handbook", author="Site safety officers", invariant=1).build(story)


def word(path):
    document = docx.Document()
    document.core_properties.created = document.core_properties.modified = BEGAN
    document.add_heading("Relocation support", 0)
    for heading, rules in RELOCATION:
        document.add_heading(heading, 1)
        for rule in rules:
            number, text = rule.split(": ", 1)
            document.add_heading(number, 2)
            document.add_paragraph(text[0].upper() + text[1:])
    document.add_heading("3 Amounts by office", 1)
    table = document.add_table(rows=0, cols=len(SUPPORT[0]))
    for row in SUPPORT:
        for cell, text in zip(table.add_row().cells, row):
            cell.text = text
    document.save(path)
    still(path)


def sheet(path):
    book = openpyxl.Workbook()
    book.properties.created = BEGAN
    for name, rows in (("Daily allowances", ALLOWANCES), ("Mileage", MILEAGE)):
        page = book.create_sheet(name)
        for row in rows:
            page.append(row)
    book.remove(book["Sheet"])
    book.save(path)
    still(path)


def still(path):
    """Writes an archive again with one time for all its parts, and for when it was last changed."""
    parts = zipfile.ZipFile(io.BytesIO(path.read_bytes()))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in parts.namelist():
            data = parts.read(name)
            if name == "docProps/core.xml" and b"<dcterms:modified" in data:
                begin = data.index(b">", data.index(b"<dcterms:modified")) + 1
                data = data[:begin] + BEGAN.strftime("%Y-%m-%dT%H:%M:%SZ").encode() + data[data.index(b"<", begin):]
            archive.writestr(zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0)), data, zipfile.ZIP_DEFLATED)


for name, doc_id, title, groups, effective, write in (
    ("HR-2025-02-bench-safety-handbook.pdf", "HR-2025-02", "Bench safety handbook", "employees, contractors", "2025-02-01", pdf),
    ("HR-2025-09-relocation-support.docx", "HR-2025-09", "Relocation support", "employees", "2025-09-01", word),
    ("HR-2026-05-travel-rates.xlsx", "HR-2026-05", "Travel rates from May 2026", "employees", "2026-05-01", sheet),
):
    write(FOLDER / name)
    sidecar = f"doc_id: {doc_id}\ntitle: {title}\ngroups: [{groups}]\nmetadata: {{effective: {effective}}}\n"
    (FOLDER / f"{name}.yml").write_text(sidecar)
