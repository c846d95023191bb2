/**
 * Where visitors come from and what they carry.
 * Every table is a list of rows that begin with a weight, a whole number; several things in one cell stand between commas.
 */

/** Weight, country, its languages, its cities, and people: their names, each followed by how it is written in an address. */
export const COUNTRIES = [
  [170, 'SE', 'sv, sv, sv, en', 'Malmö, Göteborg, Åre', 'Åsa Öberg asa.oberg, Björn Ås bjorn.as'],
  [80, 'NO', 'nb, nb, nn', 'Tromsø, Ålesund', 'Håkon Sæther hakon, Bjørg Aase bjorg.aase'],
  [90, 'DK', 'da, da, en', 'København, Ærøskøbing', 'Søren Kjær soren.kjaer, Åse Bøgh aase'],
  [60, 'FI', 'fi, fi, sv', 'Jyväskylä, Äänekoski', 'Päivi Hämäläinen paivi.h, Yrjö Öhman yrjo'],
  [10, 'IS', 'is', 'Reykjavík, Ísafjörður', 'Þórdís Æsa thordis'],
  [190, 'DE', 'de, de, de, en, tr', 'Köln, Gießen, München', 'Jürgen Weiß j.weiss, Zoë Groß zoe'],
  [40, 'AT', 'de', 'Wien, Fürstenfeld', 'Käthe Strauß kaethe'],
  [35, 'CH', 'de, de, fr, it', 'Zürich, Genève', 'Reto Bünzli reto'],
  [70, 'NL', 'nl, nl, en', "Utrecht, 's-Hertogenbosch", 'Daniël van IJken daniel'],
  [25, 'BE', 'nl, fr', 'Liège, Gent', 'Loïc Vanœver loic'],
  [60, 'FR', 'fr', 'Angoulême, Besançon', 'Hélène Cœur helene.coeur'],
  [45, 'PL', 'pl', 'Łódź, Gdańsk', 'Żaneta Łęcka zaneta'],
  [70, 'GB', 'en, en, cy', 'Leeds, Llanfairpwllgwyngyll', "Siân O'Neill sian, Amara Okoye amara"],
  [15, 'IE', 'en, ga', 'Dún Laoghaire', 'Aoife Ní Bhriain aoife'],
  [20, 'GR', 'el', 'Θεσσαλονίκη, Πάτρα', 'Οδυσσέας Στεφανίδης odysseas'],
  [15, 'TR', 'tr', 'İstanbul, Diyarbakır', 'İpek Işık ipek'],
  [15, 'UA', 'uk, ru', "Київ, Кам'янське", 'Їжак Ґудзь yizhak'],
  [10, 'BG', 'bg', 'София', 'Щерю Йорданов shteryu'],
  [60, 'US', 'en, en, en, es', 'Portland, San José', 'Chloé Nguyễn chloe, Bo Li bo.li'],
  [15, 'CA', 'en, fr', 'Montréal', 'Étienne Roy etienne'],
  [15, 'BR', 'pt', 'São Paulo', 'João Conceição joao'],
  [25, 'JP', 'ja, ja, JA', '東京, 長野', '山田 花子 hanako, 髙橋 𠮷雄 yoshio'],
  [10, 'IL', 'he', 'תל אביב', 'נועה לוי noa'],
]

/** Weight, and the domain of a customer's address. */
export const MAIL_DOMAINS = [
  [500, 'mail.example'],
  [300, 'post.example'],
  [100, 'UNI.example'],
  [60, 'exämple.example'],
  [12, 'mailinator.example'],
  [12, 'Wegwerf.example'],
  [16, 'ОДНОРАЗОВЫЙ.example'],
]

/** Weight, what stands before the @ of an employee, and what stands behind it. */
export const STAFF_MAIL = [
  [60, '', 'storefront.example'],
  [15, '', 'Storefront.Example'],
  [10, '', 'lager.storefront.example'],
  [10, 'pris.', 'storefront.example'],
  [5, 'Price-', 'storefront.example'],
  [5, 'price-', 'agency.example'],
]

/** Weight, platform, and the models that are seen on it. */
export const PLATFORMS = [
  [520, 'web', 'Windows PC, Mac, Mac, Linux PC, iPhone 16, iPad Air, iPad mini, Pixel 10, Galaxy S26'],
  [235, 'ios', 'iPhone 16, iPhone 17 Pro, iPhone SE, iPad mini, iPad Pro'],
  [225, 'android', 'Pixel 10, Galaxy S26, Galaxy A07 Lite, Redmi 15 Go Edition, Fairphone 6, Xperia 5 mini'],
  [14, 'Android', 'Nexus 5, Galaxy S5'],
  [6, 'iOS', 'iPhone 6'],
]

/** Weight, and the version that an app says it has. */
export const APP_VERSIONS = [
  [180, '5.2.1'],
  [140, '5.1.3'],
  [60, '5.1.0'],
  [70, '5.0.2'],
  [60, '4.9.0'],
  [50, '4.8.2'],
  [40, '4.8.1'],
  [40, '4.5.0'],
  [25, '4.4.0'],
  [30, '4.3.1'],
  [35, '4.2.0'],
  [40, '4.1.7'],
  [30, '4.1.0'],
  [25, '4.0.12'],
  [25, '4.0.5'],
  [20, '4.0.1'],
  [30, '3.9.9'],
  [20, '3.2.0'],
  [10, '3.0.0'],
  [15, '2.7.4'],
  [5, '1.0.0'],
  [20, '5.3.0-beta.2'],
  [10, '5.3.0-beta.10'],
  [5, '5.2.1+build.88'],
  [5, '4.8.2-rc.1'],
]

/** Weight, and the campaign whose link was followed. */
export const CAMPAIGNS = [
  [200, 'brand'],
  [90, 'winter-lights'],
  [60, 'Winter_2026'],
  [30, 'зима-2026'],
  [30, 'Høst-salg'],
  [30, 'χειμώνας-26'],
  [80, 'shoes-outlet'],
  [60, 'lamps-outlet'],
  [90, 'gift-guide'],
  [40, 'x-mas-gifts'],
  [50, 'plain-mail'],
  [30, 'b2b-fair'],
  [20, '春のセール'],
  [20, 'vår 🌱'],
]

/** Weight, and the track of releases that was asked for. */
export const TRACKS = [
  [80, 'stable'],
  [14, 'beta'],
  [6, 'canary'],
]

/** Weight, and the month in which a customer was first seen. */
export const MONTHS = [
  [5, '2019-03'],
  [8, '2021-11'],
  [10, '2023-06'],
  [12, '2024-02'],
  [12, '2025-08'],
  [12, '2026-04'],
  [8, '2026-09'],
  [10, '2026-10'],
  [12, '2026-11'],
]

/** Weight, and a company that the definition names. */
export const NAMED_COMPANIES = [
  [6, 'acme'],
  [4, 'müller-söhne'],
  [4, 5005],
  [3, 'o-defunct'],
  [3, 'globex'],
  [3, 'initech'],
  [3, 5006],
]

/** Weight, and a screen in a store. */
export const KIOSKS = [
  [1, 'kiosk-malmö-1'],
  [1, 'kiosk-łódź-2'],
]

/** Weight, and how the id of a customer looks; `#` is where the number goes. */
export const ID_SHAPES = [
  [560, 'u-#'],
  [220, 'uuid'],
  [100, 'integer'],
  [30, 'large integer'],
  [25, 'legacy:#'],
  [15, 'Legacy:#'],
  [15, 'kund-å-#'],
  [15, 'покупатель-#'],
  [10, '顧客#'],
  [10, '👩🏽‍🚀-#'],
]

/** What is sold. */
export const CATEGORIES = ['lighting', 'table', 'textiles', 'furniture', 'decoration']

/** Weight, and what somebody follows. */
export const INTERESTS = [
  [30, 'lighting'],
  [20, 'wool'],
  [15, 'linen'],
  [10, 'knitted'],
  [10, 'pendants'],
  [15, 'outlet'],
  [10, 'news'],
  [5, 'ljus & mörker'],
]

/** Weight, and what was typed where vouchers go. */
export const VOUCHERS = [
  [30, 'WINTER-26-7KQ2'],
  [15, 'spring-27-ab12'],
  [10, 'WINTER-25-7KQ2'],
  [20, 'G1234-5678-9012'],
  [10, 'G1234-5678'],
  [10, 'Hello colleague!'],
  [5, 'HEJ'],
]

/** Weight, and an address; `#` is where its last number goes. The networks are those that are kept for documentation. */
export const ADDRESSES = [
  [700, '203.0.113.#'],
  [200, '2001:db8:77:5::#'],
  [40, '192.0.2.#'],
  [5, '192.0.2.7'],
  [20, '198.51.100.#'],
  [20, '2001:db8:51::#'],
  [5, '::ffff:192.0.2.#'],
]

/** Weight, and when something was or will be, seen from November 2026: as text and as milliseconds. */
export const INSTANTS = [
  [20, '2026-11-20T18:30:00Z'],
  [20, '2026-11-21T08:15:00+01:00'],
  [15, '2026-11-25T09:00:00Z'],
  [10, '2026-11-28T12:00:00Z'],
  [10, '2026-12-24T00:00:00+01:00'],
  [20, '2026-09-01T07:00:00.250Z'],
  [10, '2026-08-23T12:00:00Z'],
  [20, '2026-05-17T22:10:00-05:00'],
  [10, '2024-02-29T23:59:59Z'],
  [10, 1795262400000],
  [5, 1751328000000],
]

/** Weight, and what somebody was given when the basket was tried out; the last is no more. */
export const ASSIGNMENTS = [
  [40, 'nothing'],
  [25, 'also-bought'],
  [25, 'goes-with'],
  [10, 'slideshow'],
]
