//! What every slide stands on: theme, master and two layouts.

use super::{NAMESPACES, TYPES};
use crate::documents::formats::drawing::COLOURS;
use crate::documents::formats::package::{HEAD, Package, Relations};

/// A layout of slides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Layout {
    /// The title of all.
    Title,
    /// A title, and what stands under it.
    Content,
}

impl Layout {
    /// Its part, as slides lead to it.
    pub(super) fn part(self) -> &'static str {
        match self {
            Self::Title => "../slideLayouts/slideLayout1.xml",
            Self::Content => "../slideLayouts/slideLayout2.xml",
        }
    }
}

/// Where titles and texts stand: left, top, width and height.
pub(super) const TITLE: [u64; 4] = [609_600, 365_000, 10_972_800, 960_000];
pub(super) const BODY: [u64; 4] = [609_600, 1_447_800, 10_972_800, 4_700_000];
const NUMBER: [u64; 4] = [9_448_800, 6_356_350, 2_133_600, 365_125];
const MAIN_TITLE: [u64; 4] = [914_400, 2_130_425, 10_363_200, 1_900_000];

/// Adds them.
pub(super) fn put(package: &mut Package) {
    package.put("ppt/theme/theme1.xml", "application/vnd.openxmlformats-officedocument.theme+xml", theme());
    let mut relations = Relations::default();
    let first = relations.to("slideLayout", "../slideLayouts/slideLayout1.xml");
    let second = relations.to("slideLayout", "../slideLayouts/slideLayout2.xml");
    relations.to("theme", "../theme/theme1.xml");
    let level = |level: u64| {
        format!(
            "<a:lvl{n}pPr marL=\"{left}\" indent=\"-285750\" algn=\"l\"><a:spcBef><a:spcPts val=\"600\"/></a:spcBef>\
             <a:buFont typeface=\"Arial\"/><a:buChar char=\"•\"/><a:defRPr sz=\"1800\"><a:solidFill><a:schemeClr val=\"tx1\"/>\
             </a:solidFill><a:latin typeface=\"+mn-lt\"/></a:defRPr></a:lvl{n}pPr>",
            n = level + 1,
            left = 285_750 + level * 342_900
        )
    };
    let levels: String = (0..9).map(level).collect();
    let master = format!(
        "{HEAD}<p:sldMaster {NAMESPACES}><p:cSld><p:bg><p:bgRef idx=\"1001\"><a:schemeClr val=\"bg1\"/></p:bgRef></p:bg>{}</p:cSld>\
         <p:clrMap bg1=\"lt1\" tx1=\"dk1\" bg2=\"lt2\" tx2=\"dk2\" accent1=\"accent1\" accent2=\"accent2\" accent3=\"accent3\" \
         accent4=\"accent4\" accent5=\"accent5\" accent6=\"accent6\" hlink=\"hlink\" folHlink=\"folHlink\"/>\
         <p:sldLayoutIdLst><p:sldLayoutId id=\"2147483649\" r:id=\"{first}\"/><p:sldLayoutId id=\"2147483650\" r:id=\"{second}\"/>\
         </p:sldLayoutIdLst><p:txStyles><p:titleStyle><a:lvl1pPr algn=\"l\"><a:buNone/><a:defRPr sz=\"3000\" b=\"1\"><a:solidFill>\
         <a:schemeClr val=\"tx2\"/></a:solidFill><a:latin typeface=\"+mj-lt\"/></a:defRPr></a:lvl1pPr></p:titleStyle>\
         <p:bodyStyle>{levels}</p:bodyStyle><p:otherStyle/></p:txStyles></p:sldMaster>",
        shapes(&[
            ("title", "", TITLE, "ctr"),
            ("body", " idx=\"1\"", BODY, "t"),
            ("sldNum", " sz=\"quarter\" idx=\"4\"", NUMBER, "ctr")
        ])
    );
    package.put("ppt/slideMasters/slideMaster1.xml", &format!("{TYPES}.slideMaster+xml"), master);
    package.relate("ppt/slideMasters/slideMaster1.xml", &relations);
    let content = [
        ("title", "", TITLE, "ctr"),
        ("body", " idx=\"1\"", BODY, "t"),
        ("sldNum", " sz=\"quarter\" idx=\"4\"", NUMBER, "ctr"),
    ];
    layout(package, 1, "title", "Title Slide", &[("ctrTitle", "", MAIN_TITLE, "ctr")]);
    layout(package, 2, "obj", "Title and Content", &content);
}

fn layout(package: &mut Package, number: u32, kind: &str, name: &str, places: &[Place<'_>]) {
    let tree = shapes(places);
    let xml = format!(
        "{HEAD}<p:sldLayout {NAMESPACES} type=\"{kind}\" preserve=\"1\"><p:cSld name=\"{name}\">{tree}</p:cSld><p:clrMapOvr>\
         <a:masterClrMapping/></p:clrMapOvr></p:sldLayout>"
    );
    let part = format!("ppt/slideLayouts/slideLayout{number}.xml");
    package.put(&part, &format!("{TYPES}.slideLayout+xml"), xml);
    let mut relations = Relations::default();
    relations.to("slideMaster", "../slideMasters/slideMaster1.xml");
    package.relate(&part, &relations);
}

/// A place on a slide: its type, how slides name it, where it is, and where in it text stands.
type Place<'p> = (&'p str, &'p str, [u64; 4], &'p str);

fn shapes(places: &[Place<'_>]) -> String {
    let shape = |((kind, index, [x, y, width, height], anchor), id): (&Place<'_>, u32)| {
        let text = match *kind {
            "sldNum" => {
                "<a:p><a:pPr algn=\"r\"/><a:fld id=\"{00000000-1234-1234-1234-123412341234}\" type=\"slidenum\"><a:rPr sz=\"1100\"/>\
                 <a:t>‹#›</a:t></a:fld></a:p>"
            }
            _ => "<a:p><a:endParaRPr/></a:p>",
        };
        format!(
            "<p:sp><p:nvSpPr><p:cNvPr id=\"{id}\" name=\"{kind} {id}\"/><p:cNvSpPr><a:spLocks noGrp=\"1\"/></p:cNvSpPr><p:nvPr>\
             <p:ph type=\"{kind}\"{index}/></p:nvPr></p:nvSpPr><p:spPr><a:xfrm><a:off x=\"{x}\" y=\"{y}\"/><a:ext cx=\"{width}\" \
             cy=\"{height}\"/></a:xfrm><a:prstGeom prst=\"rect\"><a:avLst/></a:prstGeom></p:spPr><p:txBody><a:bodyPr anchor=\"{anchor}\">\
             <a:normAutofit/></a:bodyPr><a:lstStyle/>{text}</p:txBody></p:sp>"
        )
    };
    tree(&places.iter().zip(2..).map(shape).collect::<String>())
}

/// Shapes as a slide holds them.
pub(super) fn tree(shapes: &str) -> String {
    format!(
        "<p:spTree><p:nvGrpSpPr><p:cNvPr id=\"1\" name=\"\"/><p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr><p:grpSpPr><a:xfrm>\
         <a:off x=\"0\" y=\"0\"/><a:ext cx=\"0\" cy=\"0\"/><a:chOff x=\"0\" y=\"0\"/><a:chExt cx=\"0\" cy=\"0\"/></a:xfrm></p:grpSpPr>\
         {shapes}</p:spTree>"
    )
}

fn theme() -> String {
    let colour = |name: &str, rgb: &str| format!("<a:{name}><a:srgbClr val=\"{rgb}\"/></a:{name}>");
    let accents: String =
        COLOURS.iter().zip(1..).map(|(rgb, number)| colour(&format!("accent{number}"), rgb)).collect();
    let main = [("dk1", "1A1A1A"), ("lt1", "FFFFFF"), ("dk2", "1F3864"), ("lt2", "E8EDF5")];
    let main: String = main.iter().map(|(name, rgb)| colour(name, rgb)).collect();
    let links = colour("hlink", "1155CC") + &colour("folHlink", "7030A0");
    let fill = "<a:solidFill><a:schemeClr val=\"phClr\"/></a:solidFill>";
    let line = format!("<a:ln w=\"9525\">{fill}</a:ln>");
    let font = "<a:latin typeface=\"Calibri\"/><a:ea typeface=\"\"/><a:cs typeface=\"\"/>";
    format!(
        "{HEAD}<a:theme xmlns:a=\"http://schemas.openxmlformats.org/drawingml/2006/main\" name=\"Katonic\"><a:themeElements>\
         <a:clrScheme name=\"Katonic\">{main}{accents}{links}</a:clrScheme><a:fontScheme name=\"Katonic\"><a:majorFont>{font}</a:majorFont>\
         <a:minorFont>{font}</a:minorFont></a:fontScheme><a:fmtScheme name=\"Katonic\"><a:fillStyleLst>{fill}{fill}{fill}</a:fillStyleLst>\
         <a:lnStyleLst>{line}{line}{line}</a:lnStyleLst><a:effectStyleLst><a:effectStyle><a:effectLst/></a:effectStyle><a:effectStyle>\
         <a:effectLst/></a:effectStyle><a:effectStyle><a:effectLst/></a:effectStyle></a:effectStyleLst><a:bgFillStyleLst>{fill}{fill}{fill}\
         </a:bgFillStyleLst></a:fmtScheme></a:themeElements></a:theme>"
    )
}
