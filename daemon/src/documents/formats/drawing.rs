//! Charts: as DrawingML, which Word and PowerPoint draw, as SVG, and what PDF draws them by.

use super::html::escape;
use super::package::HEAD;
use crate::documents::document::{Chart, ChartKind};

/// The type of a chart's part.
pub(super) const CHART_TYPE: &str = "application/vnd.openxmlformats-officedocument.drawingml.chart+xml";

/// The colours of series, in turn, as hexadecimal RGB.
pub(super) const COLOURS: [&str; 6] = ["2F5597", "C55A11", "548235", "7F6000", "7030A0", "C00000"];

/// Most labels that stand under an axis.
const MOST_SHOWN: usize = 12;

/// A chart as a part of Word and PowerPoint files. What it shows stands in it: there is no workbook behind it.
pub(super) fn chart_part(chart: &Chart) -> String {
    let (open, grouping, close, marker) = match chart.kind {
        ChartKind::Bar => {
            ("<c:barChart><c:barDir val=\"col\"/>", "clustered", "<c:gapWidth val=\"60\"/>", "")
        }
        ChartKind::Line => (
            "<c:lineChart>",
            "standard",
            "<c:marker val=\"1\"/>",
            "<c:marker><c:symbol val=\"circle\"/></c:marker>",
        ),
    };
    let end = if chart.kind == ChartKind::Bar { "</c:barChart>" } else { "</c:lineChart>" };
    let series: String =
        chart.series.iter().enumerate().map(|(at, _)| chart_series(chart, at, marker)).collect();
    let title = match chart.title.as_str() {
        "" => "<c:autoTitleDeleted val=\"1\"/>".to_owned(),
        title => format!(
            "<c:title><c:tx><c:rich><a:bodyPr/><a:p><a:pPr><a:defRPr sz=\"1300\" b=\"1\"/></a:pPr><a:r><a:t>{}</a:t></a:r></a:p>\
             </c:rich></c:tx><c:overlay val=\"0\"/></c:title><c:autoTitleDeleted val=\"0\"/>",
            escape(title)
        ),
    };
    format!(
        "{HEAD}<c:chartSpace xmlns:c=\"http://schemas.openxmlformats.org/drawingml/2006/chart\" \
         xmlns:a=\"http://schemas.openxmlformats.org/drawingml/2006/main\"><c:roundedCorners val=\"0\"/><c:chart>{title}\
         <c:plotArea><c:layout/>{open}<c:grouping val=\"{grouping}\"/><c:varyColors val=\"0\"/>{series}{close}\
         <c:axId val=\"111\"/><c:axId val=\"112\"/>{end}\
         <c:catAx><c:axId val=\"111\"/><c:scaling><c:orientation val=\"minMax\"/></c:scaling><c:delete val=\"0\"/>\
         <c:axPos val=\"b\"/><c:tickLblPos val=\"low\"/><c:crossAx val=\"112\"/></c:catAx>\
         <c:valAx><c:axId val=\"112\"/><c:scaling><c:orientation val=\"minMax\"/></c:scaling><c:delete val=\"0\"/>\
         <c:axPos val=\"l\"/><c:majorGridlines/><c:numFmt formatCode=\"General\" sourceLinked=\"0\"/>\
         <c:tickLblPos val=\"nextTo\"/><c:crossAx val=\"111\"/></c:valAx></c:plotArea>\
         <c:legend><c:legendPos val=\"b\"/><c:overlay val=\"0\"/></c:legend><c:plotVisOnly val=\"1\"/></c:chart></c:chartSpace>"
    )
}

fn chart_series(chart: &Chart, at: usize, marker: &str) -> String {
    let (series, colour, count) = (&chart.series[at], COLOURS[at % COLOURS.len()], chart.labels.len());
    let column = char::from(b'B' + u8::try_from(at).unwrap_or_default());
    let points = |values: Vec<String>| -> String {
        values.iter().enumerate().map(|(at, v)| format!("<c:pt idx=\"{at}\"><c:v>{v}</c:v></c:pt>")).collect()
    };
    let labels = points(chart.labels.iter().map(|label| escape(label)).collect());
    let values = points(series.values.iter().map(f64::to_string).collect());
    let fill = format!("<a:solidFill><a:srgbClr val=\"{colour}\"/></a:solidFill>");
    let look = match chart.kind {
        ChartKind::Bar => fill,
        ChartKind::Line => format!("<a:ln w=\"28575\">{fill}</a:ln>"),
    };
    let invert = if chart.kind == ChartKind::Bar { "<c:invertIfNegative val=\"0\"/>" } else { marker };
    let smooth = if chart.kind == ChartKind::Line { "<c:smooth val=\"0\"/>" } else { "" };
    let last = count + 1;
    format!(
        "<c:ser><c:idx val=\"{at}\"/><c:order val=\"{at}\"/><c:tx><c:strRef><c:f>Sheet1!${column}$1</c:f><c:strCache>\
         <c:ptCount val=\"1\"/><c:pt idx=\"0\"><c:v>{}</c:v></c:pt></c:strCache></c:strRef></c:tx><c:spPr>{look}</c:spPr>{invert}\
         <c:cat><c:strRef><c:f>Sheet1!$A$2:$A${last}</c:f><c:strCache><c:ptCount val=\"{count}\"/>{labels}</c:strCache></c:strRef></c:cat>\
         <c:val><c:numRef><c:f>Sheet1!${column}$2:${column}${last}</c:f><c:numCache><c:formatCode>General</c:formatCode>\
         <c:ptCount val=\"{count}\"/>{values}</c:numCache></c:numRef></c:val>{smooth}</c:ser>",
        escape(&series.name)
    )
}

/// What a chart is drawn of, in a plane of its own, `y` downwards.
pub(super) enum Shape {
    /// From, to, colour (none is the grey of axes), width.
    Line([f64; 2], [f64; 2], Option<&'static str>, f64),
    /// Corner, size, colour.
    Bar([f64; 2], [f64; 2], &'static str),
    /// Where its middle, start or end stands; the text; whether it is the title.
    Label([f64; 2], Anchor, String, bool),
}

/// Which part of a label stands at its place.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Anchor {
    Start,
    Middle,
    End,
}

/// The size of the plane.
pub(super) const WIDTH: f64 = 640.0;
pub(super) const HEIGHT: f64 = 340.0;

/// A chart as shapes.
pub(super) fn shapes(chart: &Chart) -> Vec<Shape> {
    let (left, right, top) = (70.0, WIDTH - 10.0, if chart.title.is_empty() { 12.0 } else { 36.0 });
    let bottom = HEIGHT - 52.0;
    let (low, high, step) = scale(chart);
    let y = |value: f64| bottom - (value - low) / (high - low) * (bottom - top);
    let mut shapes = Vec::new();
    if !chart.title.is_empty() {
        shapes.push(Shape::Label([WIDTH / 2.0, 20.0], Anchor::Middle, chart.title.clone(), true));
    }
    let mut tick = low;
    while tick <= high + step / 2.0 {
        let value = (tick / step).round() * step;
        shapes.push(Shape::Line([left, y(value)], [right, y(value)], None, 0.5));
        shapes.push(Shape::Label([left - 6.0, y(value) + 4.0], Anchor::End, figure(value, step), false));
        tick += step;
    }
    #[expect(clippy::cast_precision_loss, reason = "at most 200 labels and 12 series")]
    let (many, series) = (chart.labels.len() as f64, chart.series.len() as f64);
    let slot = (right - left) / many;
    let every = chart.labels.len().div_ceil(MOST_SHOWN);
    for (at, label) in (0_u32..).zip(&chart.labels) {
        let middle = left + slot * (f64::from(at) + 0.5);
        if (at as usize).is_multiple_of(every) {
            let shown = short(label, 14);
            shapes.push(Shape::Label([middle, bottom + 16.0], Anchor::Middle, shown, false));
        }
        for (one, (series_at, colour)) in chart.series.iter().zip((0_u32..).zip(COLOURS.iter().cycle())) {
            let value = one.values[at as usize];
            match chart.kind {
                ChartKind::Bar => {
                    let width = slot * 0.7 / series;
                    let x = middle - slot * 0.35 + width * f64::from(series_at);
                    let (from, to) = (y(value.max(0.0)), y(value.min(0.0)));
                    shapes.push(Shape::Bar([x, from], [width, to - from], colour));
                }
                ChartKind::Line => {
                    if let Some(before) = (at as usize).checked_sub(1).map(|before| one.values[before]) {
                        let before = [middle - slot, y(before)];
                        shapes.push(Shape::Line(before, [middle, y(value)], Some(colour), 2.0));
                    }
                    shapes.push(Shape::Bar([middle - 2.5, y(value) - 2.5], [5.0, 5.0], colour));
                }
            }
        }
    }
    shapes.push(Shape::Line([left, y(0.0)], [right, y(0.0)], None, 1.0));
    legend(chart, left, right, &mut shapes);
    shapes
}

fn legend(chart: &Chart, left: f64, right: f64, shapes: &mut Vec<Shape>) {
    #[expect(clippy::cast_precision_loss, reason = "at most 12 series")]
    let room = (right - left) / chart.series.len() as f64;
    for ((series, colour), at) in chart.series.iter().zip(COLOURS.iter().cycle()).zip(0_u32..) {
        let x = left + room * f64::from(at);
        shapes.push(Shape::Bar([x, HEIGHT - 18.0], [9.0, 9.0], colour));
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a few dozen characters")]
        let fits = (room / 7.0) as usize;
        let name = short(&series.name, fits.max(4));
        shapes.push(Shape::Label([x + 14.0, HEIGHT - 9.0], Anchor::Start, name, false));
    }
}

/// From, to and step of the axis: round numbers, with zero.
fn scale(chart: &Chart) -> (f64, f64, f64) {
    let values = || chart.series.iter().flat_map(|series| series.values.iter().copied());
    let (least, most) = (values().fold(0.0, f64::min), values().fold(0.0, f64::max));
    let span = if most > least && (most - least).is_finite() { most - least } else { 1.0 };
    let power = 10_f64.powf((span / 5.0).log10().floor());
    let step = [1.0, 2.0, 5.0, 10.0]
        .into_iter()
        .map(|m| m * power)
        .find(|s| span / s <= 6.0)
        .unwrap_or(power * 10.0);
    let high = (most.max(least + span) / step).ceil() * step;
    ((least / step).floor() * step, high, step)
}

fn figure(value: f64, step: f64) -> String {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a few digits")]
    let digits = (-step.log10().floor()).clamp(0.0, 9.0) as usize;
    if value.abs() >= 1e9 { format!("{value:.1e}") } else { format!("{value:.digits$}") }
}

fn short(text: &str, most: usize) -> String {
    let one_line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if one_line.chars().count() <= most {
        return one_line;
    }
    one_line.chars().take(most - 1).chain(['…']).collect()
}

/// A chart as an image in HTML.
pub(super) fn svg(chart: &Chart) -> String {
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" font-size=\"11\" \
         font-family=\"sans-serif\"><title>{}</title>",
        escape(&chart.title)
    );
    for shape in shapes(chart) {
        svg.push_str(&match shape {
            Shape::Line([x1, y1], [x2, y2], colour, width) => format!(
                "<line x1=\"{x1:.1}\" y1=\"{y1:.1}\" x2=\"{x2:.1}\" y2=\"{y2:.1}\" stroke=\"#{}\" stroke-width=\"{width}\"/>",
                colour.unwrap_or("999999")
            ),
            Shape::Bar([x, y], [width, height], colour) => format!(
                "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{height:.1}\" fill=\"#{colour}\"/>"
            ),
            Shape::Label([x, y], anchor, text, is_title) => {
                let anchor = match anchor {
                    Anchor::Start => "start",
                    Anchor::Middle => "middle",
                    Anchor::End => "end",
                };
                let weight = if is_title { " font-weight=\"bold\" font-size=\"14\"" } else { "" };
                format!(
                    "<text x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\"{weight}>{}</text>",
                    escape(&text)
                )
            }
        });
    }
    svg.push_str("</svg>");
    svg
}
