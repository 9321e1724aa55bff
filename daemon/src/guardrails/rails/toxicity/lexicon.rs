//! Words by what they have to do with abuse, under ROT13 as `words.rs` is. They find nothing by themselves: that a kind of
//! them stands in a text is a feature of the classifier, so that a word it has not met counts as those that it has.

use super::words::rot13;
use crate::guardrails::classifier::features::word_hash;
use std::sync::LazyLock;

/// The kinds of words.
const KINDS: [&str; 9] = [
    // Slurs, and words close to them.
    "\
     avttn avttnf avttre snttbgf sntf snt xvxrf xvxr tbbxf fcvp fcvpf ornare ornaref jrgonpx jrgonpxf \
     genaal genaavrf furznyr pbba pbbaf qnexvr qnexvrf wvtnobb enturnq enturnqf gbjryurnq pnzryshpxre \
     tbngshpxre fnaqavttre erqfxva ergneqrq ergneqf gneq yvogneq yvogneqf erchoyvgneq erchoyvphag phpx \
     phpxf fvzc vapry vapryf srzbvq srzvanmv srzvanmvf gubg gubgf fyhg fyhgf juber juberf fxnax fxnaxf \
     ovzob phag phagf gjng gjngf crqb crqbf crqbcuvyr creireg creiregf ubzb ubzbf fbqbzvgr fhouhzna \
     fhouhznaf hagrezrafpu cnxv cnxvf tlcfl tlccb tbyyvjbt mvbanmv vfynzbsnfpvfg",
    // What people are called.
    "\
     vqvbg vqvbgf vqvbgvp zbeba zbebaf zbebavp vzorpvyr fghcvq fghcvqvgl qhzo qhzore qhzorfg qhzonff \
     qhzonffrf wnpxnff nffubyr nffubyrf nefrubyr onfgneq onfgneqf ovgpu ovgpurf ovgpul fphzont fphzontf \
     fphz qvpxurnq qvpxurnqf jnaxre jnaxref gbffre oryyraq xabournq qbhpur qbhpuront qbhpurontf \
     fuvgurnq fuvgurnqf fuvgont shpxsnpr shpxgneq shpxjvg zbgureshpxre zbgureshpxref zbsb ybfre ybfref \
     pergva qvzjvg unysjvg avgjvg gjvg qhapr qbyg ohssbba vtabenzhf qvcfuvg qhzoshpx cngurgvp jbeguyrff \
     hfryrff oenvayrff zvaqyrff pyhryrff fcvaryrff thgyrff oenvaqrnq snggl sngnff sngfb irezva svygu \
     svygul qvegont qvegontf fyrnmront ybjyvsr ybjyvsrf qrnqorng genvgbe genvgbef genvgbebhf yvne yvnef \
     ulcbpevgr ulcbpevgrf cflpubf cflpubcngu yhangvp yhangvpf qrenatrq qryhfvbany ahgwbo ahgpnfr sernx \
     sernxf jrveqb jrveqbf pelonol furrcyr wrexf wrexbss uvyyovyyl erqarpx erqarpxf pebar obbzre \
     obbzref pbzzvr pbzzvrf ovtbg ovtbgf qvftenpr qvftenprshy vzcbfgre puhzc jvzc jvzcf cnafl fvffl \
     chffl chffvrf hauvatrq",
    // Swearing.
    "\
     shpx shpxf shpxrq shpxre shpxref shpxvat shpxva shpxa sxvat sxa rssvat shx spx spxvat shxvat \
     zbgureshpxvat shpxrel fuvg fuvgf fuvggl fuvggvat ohyyfuvg ubefrfuvg of penc penccl qnza qnzarq \
     tbqqnza tbqqnzarq qnzzvg nff nffrf nefr sngnff qvpx qvpxf pbpxfhpxre onyyfnpx gvggvrf obbof cvff \
     cvffrq cvffvat jnax jnaxvat wrexbss phz phzzvat obyybpxf ohttre jgs fgsh tgsb yznb yzsnb ns gs fzq \
     xlf xzf cbf fbo oybjwbo qvyqb nany cbea sernxvat sevttva sevpxva",
    // Contempt and disgust.
    "\
     qvfthfgvat qvfthfg qvfthfgf qvfthfgrq ivyr fvpxravat erchyfvir eribygvat qrfcvpnoyr qrcybenoyr \
     qrgrfgnoyr noubeerag ungrshy ungvat ungre ungref qrfcvfr ybngur funzrshy funzryrff nfunzrq jvpxrq \
     urnegyrff pebbxrq senhqf snxr cubal cergragvbhf neebtnag naablvat boabkvbhf vafhssrenoyr \
     haornenoyr pevatr pevatl ynzr ynhtunoyr fgvax fgvaxf fgvaxvat ebggra cbf vqvbgvp zbpx zbpxvat",
    // Violence.
    "\
     xvyy xvyyf xvyyrq xvyyvat xvyyre zheqre zheqrerq zheqrere zheqreref zheqrevat ylapu ylapurq fgno \
     fgnoorq fynhtugre fynhtugrerq rkgrezvangr ebg ebggvat fgenatyr encr encrq encvat encvfg encvfgf \
     zbyrfg zbyrfgre zbyrfgvat gbegher pevccyr tnffrq abbfr fhvpvqr thvyybgvar pnfgengr pnfgengrq \
     fgrevyvmr qrcbeg qrcbegrq",
    // Groups of people that abuse is often aimed at: innocent alone, and learnt to be so.
    "\
     jbzra jbzna tveyf srznyrf srznyr zra znyrf zhfyvz zhfyvzf vfynz vfynzvp wrj wrjf wrjvfu puevfgvna \
     puevfgvnaf pngubyvpf zbezbaf oynpxf oynpx juvgrf juvgr nfvnaf nfvna puvarfr vaqvnaf vaqvna \
     zrkvpnaf zrkvpna nenof neno nsevpnaf vzzvtenagf vzzvtenag vyyrtnyf ershtrrf zvtenagf sbervtaref \
     tnl tnlf yrfovna yrfovnaf genaf genaftraqre genaftraqref ytog ytogd ubzbfrkhny ubzbfrkhnyf \
     ubzbfrkhnyvgl yvoreny yvorenyf pbafreingvirf erchoyvpna erchoyvpnaf qrzbpeng qrzbpengf yrsgvfg \
     yrsgvfgf yrsgvrf srzvavfg srzvavfgf ngurvfgf qvfnoyrq nhgvfgvp nhgvfz pevccyrf borfr cbbe ubzryrff \
     nzrevpnaf tbc zntn nagvsn oyz",
    // Being spoken to.
    "\
     lbh lbhe lbher lbhef lbhefrys lbhefryirf h he ln lnyy gubh",
    // What is abuse in one sentence and plain in the next: animals, waste, illness, death, dislike.
    "\
     genfu tneontr ehoovfu cvt cvtf fjvar ubt pbj eng engf fanxr fanxrf cnenfvgr cnenfvgrf yrrpu \
     yrrpurf znttbg znttbgf pbpxebnpu pbpxebnpurf furrc sng htyl penml vafnar pybja pybjaf sbby sbbyf \
     sbbyvfu qrzba qrzbaf qrivy zbafgre zbafgref wbxr ivetva ivetvaf xnera xneraf crnfnag crnfnagf \
     cflpub fpeho gebyyf gebyy fhpxre fhpxref guht guhtf pebbx pebbxf jrnx vapbzcrgrag vtabenag \
     harqhpngrq vyyvgrengr greebevfg greebevfgf snfpvfg snfpvfgf enpvfg enpvfgf anmv anmvf vaoerq \
     pbjneq pbjneqf pbjneqyl unat unatrq unatvat ohea ohearq oheavat fubg fubbg fubbgvat orng orngvat \
     chapu fync fznpx juvc uheg qrnq qrngu qvr qvrf qvrq qlvat fhssre fhssrevat tha ohyyrg tnf ohel \
     ohevrq pbssva tenir qebja pubxr pnapre nvqf uryy rkrphgr rkrphgrq rkrphgvba arhgre obzo obzorq \
     ahxr qrfgebl qrfgeblrq qrfgeblvat ehva ehvarq ehvavat greevoyr greevoyl njshy ubeevoyr ubeevq \
     jbefg evqvphybhf abafrafr nofheq rzoneenffvat rzoneenffzrag yvrf ylvat yvrq senhq pbeehcg \
     pbeehcgvba funzr fuhg abguvat abobql onyyf ahgf oybj oybjf fperj fperjrq oybbql fhpx fhpxf fhpxrq \
     fhpxvat fzryy fzryyl ungr ungrf ungrq tebff fvpx anfgl jrveq rivy pehry gbkvp cevpx cevpxf \
     qrtrarengr qrtrarengrf qlxr qlxrf ubr ubrf puvax puvaxf fnintr fnintrf perrc perrcf tebbzre \
     tebbzref zbatery zbateryf pbpx pbpxf gvg gvgf fabjsynxr fabjsynxrf unt wrex dhrre dhrref",
    // Praise, thanks and mirth.
    "\
     gunax gunaxf gunaxlbh terng tbbq orggre orfg ybir ybirf ybirq ybiryl avpr unccl unccvarff tynq \
     pbatenghyngvbaf pbatengf jbaqreshy nznmvat njrfbzr ornhgvshy rkpryyrag snagnfgvp oevyyvnag cresrpg \
     phgr fjrrg urycshy xvaq xvaqarff sevraq sevraqf sevraqyl ubcr ubcrshyyl jrypbzr nccerpvngr \
     nccerpvngrq cebhq rawbl rawblrq rawblvat sha shaal unun ununun yby vagrerfgvat vagrerfgrq nterr \
     nterrq gehr evtug jryy pbby lrf lrnu cyrnfr fbeel oyrff oyrffrq crnpr fnsr erfcrpg ubarfg ubarfgyl \
     fhccbeg fhccbegvat uryc urycvat urycrq snve jva jba jvaavat jvaare fzneg pyrire vagryyvtrag jvfr \
     fgebat oenir ureb yrtraq snibevgr snibhevgr qryvpvbhf serfu pbzsbegnoyr rnfl erpbzzraq erpbzzraqrq \
     jbegu vzcerffvir vzcerffrq vafcvevat vafcverq tengrshy zreel oveguqnl yhpx yhpxl fzvyr ynhtu \
     ynhtuvat jbj lnl bzt fhcre fcrpvny urnygul cbfvgvir wbl rkpvgrq rkpvgvat purref oyrffvat zvff",
];

/// Words by their hash, with the place of their kind.
struct Lexicon {
    words: Vec<(u32, usize)>,
    /// A bit for the upper half of each hash that a word has: most words of a text are out at this glance.
    glance: Vec<u64>,
}

static LEXICON: LazyLock<Lexicon> = LazyLock::new(|| {
    let kinds = KINDS.iter().enumerate();
    let words = kinds.flat_map(|(kind, words)| words.split_whitespace().map(move |word| (word, kind)));
    let mut words: Vec<(u32, usize)> = words.map(|(word, kind)| (word_hash(&rot13(word)), kind)).collect();
    words.sort_unstable();
    words.dedup_by_key(|(hash, _)| *hash);
    let mut glance = vec![0; 1 << 10];
    for (hash, _) in &words {
        let (at, bit) = place(*hash);
        if let Some(bits) = glance.get_mut(at) {
            *bits |= bit;
        }
    }
    Lexicon { words, glance }
});

fn place(hash: u32) -> (usize, u64) {
    ((hash >> 22) as usize, 1 << (hash >> 16 & 63))
}

/// The kind of a word in lower case, by its hash; none of a word that is not listed.
pub(super) fn kind_of(hash: u32) -> Option<usize> {
    let (at, bit) = place(hash);
    if LEXICON.glance.get(at)? & bit == 0 {
        return None;
    }
    let found = LEXICON.words.binary_search_by_key(&hash, |(hash, _)| *hash).ok()?;
    LEXICON.words.get(found).map(|(_, kind)| *kind)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::guardrails::classifier::features::LEXICON_SLOTS;

    #[test]
    fn a_listed_word_has_a_kind_and_others_have_none() {
        let kind = |word: &str| kind_of(word_hash(word));
        assert_eq!(kind(&rot13("vqvbg")), Some(1));
        assert_eq!((kind("you"), kind("the"), kind("")), (Some(6), None, None));
        assert!(KINDS.len() <= LEXICON_SLOTS);
    }
}
