//! Whom people pay: names, categories and price ranges that look like a real statement.

/// A payee.
pub(super) struct Merchant {
    /// As the bank writes it.
    pub(super) description: &'static str,
    pub(super) name: &'static str,
    pub(super) website: Option<&'static str>,
    pub(super) primary: &'static str,
    pub(super) detailed: &'static str,
    pub(super) channel: &'static str,
    /// In cents of a dollar.
    pub(super) cents: std::ops::RangeInclusive<i64>,
}

const fn merchant(
    (name, description, website): (&'static str, &'static str, Option<&'static str>),
    (primary, detailed): (&'static str, &'static str),
    channel: &'static str,
    (least, most): (i64, i64),
) -> Merchant {
    Merchant {
        description,
        name,
        website,
        primary,
        detailed,
        channel,
        cents: least..=most,
    }
}

const GROCERIES: (&str, &str) = ("FOOD_AND_DRINK", "FOOD_AND_DRINK_GROCERIES");
const COFFEE: (&str, &str) = ("FOOD_AND_DRINK", "FOOD_AND_DRINK_COFFEE");
const RESTAURANT: (&str, &str) = ("FOOD_AND_DRINK", "FOOD_AND_DRINK_RESTAURANT");
const FAST_FOOD: (&str, &str) = ("FOOD_AND_DRINK", "FOOD_AND_DRINK_FAST_FOOD");
const ONLINE: (&str, &str) = (
    "GENERAL_MERCHANDISE",
    "GENERAL_MERCHANDISE_ONLINE_MARKETPLACES",
);
const SUPERSTORE: (&str, &str) = ("GENERAL_MERCHANDISE", "GENERAL_MERCHANDISE_SUPERSTORES");
const ELECTRONICS: (&str, &str) = ("GENERAL_MERCHANDISE", "GENERAL_MERCHANDISE_ELECTRONICS");
const CLOTHING: (&str, &str) = (
    "GENERAL_MERCHANDISE",
    "GENERAL_MERCHANDISE_CLOTHING_AND_ACCESSORIES",
);
const GAS: (&str, &str) = ("TRANSPORTATION", "TRANSPORTATION_GAS");
const RIDES: (&str, &str) = ("TRANSPORTATION", "TRANSPORTATION_TAXIS_AND_RIDE_SHARES");
const TRANSIT: (&str, &str) = ("TRANSPORTATION", "TRANSPORTATION_PUBLIC_TRANSIT");
const FLIGHTS: (&str, &str) = ("TRAVEL", "TRAVEL_FLIGHTS");
const LODGING: (&str, &str) = ("TRAVEL", "TRAVEL_LODGING");
const PHARMACY: (&str, &str) = ("MEDICAL", "MEDICAL_PHARMACIES_AND_SUPPLEMENTS");
const FILM: (&str, &str) = ("ENTERTAINMENT", "ENTERTAINMENT_TV_AND_MOVIES");
const MUSIC: (&str, &str) = ("ENTERTAINMENT", "ENTERTAINMENT_MUSIC_AND_AUDIO");
const GYM: (&str, &str) = ("PERSONAL_CARE", "PERSONAL_CARE_GYMS_AND_FITNESS_CENTERS");
const POWER: (&str, &str) = (
    "RENT_AND_UTILITIES",
    "RENT_AND_UTILITIES_GAS_AND_ELECTRICITY",
);
const INTERNET: (&str, &str) = (
    "RENT_AND_UTILITIES",
    "RENT_AND_UTILITIES_INTERNET_AND_CABLE",
);
const RENT: (&str, &str) = ("RENT_AND_UTILITIES", "RENT_AND_UTILITIES_RENT");
const WAGES: (&str, &str) = ("INCOME", "INCOME_WAGES");
const INTEREST: (&str, &str) = ("INCOME", "INCOME_INTEREST_EARNED");
const CARD_PAYMENT: (&str, &str) = ("LOAN_PAYMENTS", "LOAN_PAYMENTS_CREDIT_CARD_PAYMENT");
const WITHDRAWAL: (&str, &str) = ("TRANSFER_OUT", "TRANSFER_OUT_WITHDRAWAL");

/// What one spends on from day to day.
#[rustfmt::skip]
pub(super) static EVERYDAY: [Merchant; 28] = [
    merchant(("Trader Joe's", "TRADER JOE'S #127 QPS", Some("traderjoes.com")), GROCERIES, "in store", (1_105, 14_990)),
    merchant(("Whole Foods", "WHOLEFDS MKT 10234", Some("wholefoodsmarket.com")), GROCERIES, "in store", (1_540, 18_275)),
    merchant(("Safeway", "SAFEWAY #1711", Some("safeway.com")), GROCERIES, "in store", (890, 12_040)),
    merchant(("Starbucks", "SQ *STARBUCKS 00921", Some("starbucks.com")), COFFEE, "in store", (325, 1_480)),
    merchant(("Blue Bottle Coffee", "TST* BLUE BOTTLE", Some("bluebottlecoffee.com")), COFFEE, "in store", (450, 1_625)),
    merchant(("Café Müller", "CAFÉ MÜLLER 4711", None), COFFEE, "in store", (290, 1_370)),
    merchant(("McDonald's", "MCDONALD'S F13271", Some("mcdonalds.com")), FAST_FOOD, "in store", (599, 2_860)),
    merchant(("Chipotle Mexican Grill", "CHIPOTLE 1892", Some("chipotle.com")), FAST_FOOD, "in store", (985, 3_490)),
    merchant(("寿司一番", "寿司一番 渋谷", None), RESTAURANT, "in store", (1_800, 9_600)),
    merchant(("مخبز الكويت", "مخبز الكويت", None), RESTAURANT, "in store", (150, 2_400)),
    merchant(("DoorDash", "DOORDASH*THAI PALACE", Some("doordash.com")), RESTAURANT, "online", (1_850, 7_410)),
    merchant(("Amazon", "AMZN Mktp US*2K4RT0", Some("amazon.com")), ONLINE, "online", (399, 24_999)),
    merchant(("eBay", "EBAY O*14-09921", Some("ebay.com")), ONLINE, "online", (999, 17_500)),
    merchant(("Target", "TARGET 00014241", Some("target.com")), SUPERSTORE, "in store", (725, 19_330)),
    merchant(("Walmart", "WM SUPERCENTER #2886", Some("walmart.com")), SUPERSTORE, "in store", (610, 21_015)),
    merchant(("Best Buy", "BEST BUY 00005371", Some("bestbuy.com")), ELECTRONICS, "in store", (1_999, 89_999)),
    merchant(("Uniqlo", "UNIQLO USA LLC", Some("uniqlo.com")), CLOTHING, "in store", (1_490, 15_980)),
    merchant(("Shell", "SHELL OIL 57444203", Some("shell.com")), GAS, "in store", (2_050, 8_840)),
    merchant(("Chevron", "CHEVRON 0094312", Some("chevron.com")), GAS, "in store", (1_875, 9_125)),
    merchant(("Uber", "UBER 072515 SF**POOL**", Some("uber.com")), RIDES, "online", (633, 5_490)),
    merchant(("Lyft", "LYFT *RIDE SUN 7PM", Some("lyft.com")), RIDES, "online", (710, 4_960)),
    merchant(("Clipper", "CLIPPER TRANSIT FARE", Some("clippercard.com")), TRANSIT, "in store", (250, 2_000)),
    merchant(("United Airlines", "UNITED 0162341", Some("united.com")), FLIGHTS, "online", (12_900, 78_460)),
    merchant(("Airbnb", "AIRBNB * HMJ4TT", Some("airbnb.com")), LODGING, "online", (9_800, 64_350)),
    merchant(("CVS Pharmacy", "CVS/PHARMACY #04822", Some("cvs.com")), PHARMACY, "in store", (420, 6_980)),
    merchant(("AMC Theatres", "AMC 1145 METREON", Some("amctheatres.com")), FILM, "in store", (1_449, 5_796)),
    merchant(("Apple", "APPLE.COM/BILL", Some("apple.com")), ELECTRONICS, "online", (99, 2_999)),
    merchant(("ATM Withdrawal", "ATM WITHDRAWAL 002191", None), WITHDRAWAL, "other", (2_000, 20_000)),
];

/// What comes back: a payee, the days between, the day of the month for monthly ones, and the kind
/// of account it belongs to.
pub(super) struct Recurring {
    pub(super) merchant: Merchant,
    pub(super) rhythm: Rhythm,
    pub(super) account: (&'static str, &'static str),
    /// Money that comes in.
    pub(super) income: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rhythm {
    Fortnightly,
    /// On this day of the month.
    Monthly(i8),
}

const fn recurring(
    rhythm: Rhythm,
    account: (&'static str, &'static str),
    income: bool,
    merchant: Merchant,
) -> Recurring {
    Recurring {
        merchant,
        rhythm,
        account,
        income,
    }
}

const CHECKING: (&str, &str) = ("depository", "checking");
const SAVINGS: (&str, &str) = ("depository", "savings");
const CARD: (&str, &str) = ("credit", "credit card");

#[rustfmt::skip]
pub(super) static REPEATED: [Recurring; 9] = [
    recurring(Rhythm::Fortnightly, CHECKING, true, merchant(("Gusto", "GUSTO PAY 123456 PAYROLL", Some("gusto.com")), WAGES, "other", (285_014, 285_014))),
    recurring(Rhythm::Monthly(1), CHECKING, false, merchant(("Parkside Apartments", "ACH PARKSIDE APTS RENT", None), RENT, "other", (189_500, 189_500))),
    recurring(Rhythm::Monthly(12), CHECKING, false, merchant(("Pacific Gas & Electric", "PG&E WEB ONLINE", Some("pge.com")), POWER, "other", (6_120, 18_431))),
    recurring(Rhythm::Monthly(17), CHECKING, false, merchant(("Comcast", "COMCAST CALIFORNIA", Some("xfinity.com")), INTERNET, "online", (7_999, 7_999))),
    recurring(Rhythm::Monthly(3), CARD, false, merchant(("Netflix", "NETFLIX.COM", Some("netflix.com")), FILM, "online", (1_549, 1_549))),
    recurring(Rhythm::Monthly(8), CARD, false, merchant(("Spotify", "SPOTIFY USA", Some("spotify.com")), MUSIC, "online", (1_199, 1_199))),
    recurring(Rhythm::Monthly(5), CARD, false, merchant(("Touchstone Climbing", "TOUCHSTONE CLIMBING", Some("touchstoneclimbing.com")), GYM, "in store", (7_850, 7_850))),
    recurring(Rhythm::Monthly(28), SAVINGS, true, merchant(("Interest", "INTRST PYMNT", None), INTEREST, "other", (42, 422))),
    recurring(Rhythm::Monthly(25), CARD, true, merchant(("Automatic Payment", "AUTOMATIC PAYMENT - THANK", None), CARD_PAYMENT, "other", (20_785, 20_785))),
];
