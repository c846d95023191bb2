/**
 * What is odd about some visitors, as data.
 *
 * An oddity either takes an attribute away (`without`), gives it another value (`attribute`, one of `values`),
 * writes a nested attribute as one property with a dotted name (`flat`, and `keep` when the nested one stays),
 * or adds properties that nobody asked for (`extra`).
 */

const LONG_ASCII = 'long '.repeat(400)
const LONG_MIXED = 'ÅßİΣя日🦊e\u0301'.repeat(180)

/** What arrives where another type is wanted. */
const NOT_TEXT = [null, true, false, 0, 7, -1.5, 1e21, [], ['SE'], {}, { value: 'SE' }]
const NOT_A_NUMBER = [null, '', '18', ' 42 ', '1e3', 'many', true, [18], { amount: 18 }, 'NaN', '-0']
const NOT_A_BOOLEAN = [null, 'true', 'false', 'yes', '', 0, 1, [true], { is: true }]
const ODD_NUMBERS = [
  -1,
  -0,
  0,
  0.5,
  -273.15,
  0.1 + 0.2,
  17.999999,
  1e21,
  1e-7,
  4294967296,
  9007199254740991,
  9007199254740994,
]
const ODD_TEXTS = [
  '',
  ' ',
  '\t\n',
  '\u0000',
  'null',
  'undefined',
  'true',
  '"',
  '\\',
  LONG_ASCII,
  LONG_MIXED,
  '\u200f\ufeff',
  'constructor',
]

const UNITS = ['userId', 'sessionId', 'deviceId', 'orgId']
const TEXTS = [
  'country',
  'language',
  'email',
  'plan',
  'platform',
  'appVersion',
  'device.model',
  'utm.campaign',
  'track',
  'firstSeen',
  'ip',
  'voucher',
  'lastOrder',
]
const LISTS = ['basket.lines', 'interests']
const NUMBERS = ['age', 'orders', 'basket.total', 'basket.items']
const BOOLEANS = ['signedIn', 'staff']
const NESTED = ['basket.total', 'basket.items', 'device.model', 'utm.campaign']
const ALL = [...UNITS, ...TEXTS, ...LISTS, ...NUMBERS, ...BOOLEANS, 'basket', 'device', 'utm', '$sticky']

const of = (attributes, values) => attributes.map((attribute) => ({ attribute, values }))

export const ODDITIES = [
  ...ALL.map((without) => ({ without })),

  ...of(TEXTS, NOT_TEXT),
  ...of(TEXTS, ODD_TEXTS),
  ...of(NUMBERS, NOT_A_NUMBER),
  ...of(NUMBERS, ODD_NUMBERS),
  ...of(BOOLEANS, NOT_A_BOOLEAN),
  ...of(LISTS, NOT_TEXT),
  ...of(
    ['basket', 'device', 'utm'],
    [null, '', 'none', 0, true, [], [{ total: 80, model: 'iPad', campaign: 'gift' }], {}],
  ),

  // Only a string or a whole number is a unit, and these look so alike that some hosts take one for the other.
  ...of(UNITS, [7, '7', '07', -0, 0, -7, 7.5, 1e3, 1e21, 9007199254740991, 9007199254740992, -9007199254740991]),
  ...of(UNITS, [null, '', ' ', true, [], ['u-1'], { id: 'u-1' }, LONG_ASCII, LONG_MIXED]),
  // The same letter composed and decomposed is two units, and in two cases too.
  ...of(UNITS, [
    'åsa',
    'a\u030Asa',
    'ÅSA',
    'ﬁ',
    'straße',
    'STRASSE',
    'İ',
    'i\u0307',
    'Σίσυφος',
    'ΣΊΣΥΦΟΣ',
    '日本',
    '日本\u0000',
    '👩🏽‍🚀',
  ]),
  { attribute: 'deviceId', values: ['kiosk-malmo\u0308-1', 'KIOSK-MALMÖ-1', 'd-qa-1', 'd-qa-2'] },
  { attribute: 'orgId', values: [5005, '5005', 5005.5, 'ACME', 'mu\u0308ller-so\u0308hne', ['acme']] },

  {
    attribute: 'appVersion',
    values: ['2.1', '4', '4.1', 'v3.0.0-beta.2', '3.0.0+build5', 'V5.2.0', '4.8.2-rc.1', '5.3.0-beta.10'],
  },
  {
    attribute: 'appVersion',
    values: ['latest', '4.x', '4..1', '4.1.', '04.1.0', '4.1.0.2', ' 4.1.0', '4.1.0-', '4,1', '٤.١.٠', 4.1, 5],
  },
  {
    attribute: 'appVersion',
    values: ['99999999999999999999.0.0', '1.0.0-alpha..1', '4.0.1-0', '4.0.1-1.a-b.9', '-4.1.0', '4.1.0-β'],
  },
  { attribute: 'country', values: ['se', 'Se', 'SE ', 'Sverige', 'jp', 'Jp', 'ＪＰ', 'UK', 'XX', 'SE,NO'] },
  { attribute: 'language', values: ['sv-SE', 'SV', 'De', 'ja-JP', 'zh-Hant-TW', 'JA', '*', 'en;q=0.9'] },
  {
    attribute: 'email',
    values: [
      'x@STOREFRONT.EXAMPLE',
      'ÅSA.PRIS@storefront.example',
      '@storefront.example',
      'no address',
      'a@b@mailinator.example',
    ],
  },
  {
    attribute: 'email',
    values: [
      'x@одноразовый.example',
      'x@ОдноРазовый.EXAMPLE',
      'σίσυφος@mail.example',
      'x@wegwerf.example.',
      'ß@exämple.example',
    ],
  },
  { attribute: 'plan', values: ['Free', 'PRO', 'plus ', 'gold', ['pro']] },
  { attribute: 'platform', values: ['WEB', 'IOS', 'ANDROİD', 'andro\u0131d', 'ｉｏｓ', 'tv'] },
  {
    attribute: 'device.model',
    values: ['STOREFRONT KIOSK 9', 'Storefront kiosk', 'MİNİ', 'ipad', 'Galaxy LITE', 'go\u00a0edition'],
  },
  {
    attribute: 'utm.campaign',
    values: [
      'WINTER',
      'ЗиМа',
      'HØST',
      'HO\u0338ST',
      'χειμώνας',
      'ΧΕΙΜΏΝΑΣ',
      'χειμω\u0301νας',
      'pre-winterlich',
      'GIFT',
      '-outlet',
    ],
  },
  { attribute: 'track', values: ['Beta', 'canary ', 'alpha', ['beta'], 'bêta', 'be\u0302ta'] },
  {
    attribute: 'firstSeen',
    values: [1792454400000, '2026', '2026-11', '26-11-03', '2026-11-03T10:00:00Z', '１９９９-01-01'],
  },
  { attribute: 'age', values: [17.999999, 18, 99, 99.5, 0, -18, 120, '18', 1e21] },
  { attribute: 'orders', values: [0, -0, '0', 3, '3', 11, 12, 2.5, -4] },
  {
    attribute: 'basket.total',
    values: [0, -0, 79.99, 80, 250, 250.01, 299.99, 300, 400, 1500, 1500.01, 0.1 + 0.2, -20, '80'],
  },

  {
    attribute: 'ip',
    values: [
      '192.0.2',
      '192.0.2.01',
      '192.0.2.256',
      ' 192.0.2.1',
      '192.0.2.0/24',
      '0xc0.0.2.1',
      '3221225985',
      3221225985,
    ],
  },
  {
    attribute: 'ip',
    values: [
      '2001:DB8:51::',
      '2001:db8:51:0:0:0:0:1',
      '::ffff:c000:0201',
      '::192.0.2.1',
      'fe80::1%eth0',
      '1::2::3',
      ':::',
    ],
  },
  {
    attribute: 'lastOrder',
    values: [
      '2026-11-21',
      '2026-02-30T00:00:00Z',
      '2026-11-21t08:00:00z',
      '2026-11-21 08:00:00Z',
      '2016-12-31T23:59:60Z',
      '2026-11-21T08:00:00',
      '2026-11-21T08:00:00+24:00',
      '2026-08-23T12:00:00.0000001Z',
      '0000-01-01T00:00:00Z',
    ],
  },
  { attribute: 'lastOrder', values: [0, -0, -1, 0.5, 1787486400000, 1787486399999.5, 1e21, -1e21, 8640000000000001] },
  {
    attribute: 'basket.lines',
    values: [
      [],
      [null, 7, 'table', true],
      [[{ category: 'table', price: 80, quantity: 1 }]],
      [{ category: 'table', price: '80', quantity: null }, {}],
      [{ 'category.price': 1, category: ['table'], price: 80 }],
      Array.from({ length: 300 }, (_, at) => ({
        category: at === 299 ? 'lighting' : 'textiles',
        price: 61,
        quantity: 4,
      })),
      { 0: { category: 'table', price: 80 }, length: 1 },
    ],
  },
  {
    attribute: 'interests',
    values: [
      [],
      ['lighting', 'outlet', 'lighting'],
      ['LIGHTING', ' wool', 'wool\n', 'wo\u0301ol'],
      [7, null, ['wool'], { wool: true }],
      ['none'],
      'lighting',
      Array.from({ length: 500 }, () => 'knitwear'),
    ],
  },
  {
    attribute: 'voucher',
    values: [
      'WINTER-26-7KQ2\n',
      'xWINTER-26-7KQ2',
      'wınter-26-abcd',
      'WİNTER-26-ABCD',
      'G١٢٣٤-5678-9012',
      'acolleague',
      'é colleague é',
    ],
  },
  {
    attribute: '$sticky',
    values: [
      null,
      'goes-with',
      ['goes-with'],
      {},
      { 'basket-upsell': 7 },
      { 'basket-upsell': null },
      { 'basket-upsell': '' },
    ],
  },

  ...NESTED.flatMap((flat) => [
    { flat },
    { flat, keep: true, values: [null, 0, 1200, 'gift', 'iPad', [1], { total: 1 }] },
  ]),

  {
    extra: [
      { constructor: 'Ford' },
      { toString: 'text', valueOf: 1 },
      { hasOwnProperty: true },
      { ['__proto__']: { staff: true, country: 'SE', plan: 'pro' } },
      { all: 1, any: 2, not: 3, segment: 'staff', attribute: 'country', flag: 'new-checkout' },
      { '': 'no name', '.': 'a dot', 'basket.': 1, '.total': 2, 'utm..campaign': 'gift' },
      { prototype: { staff: true }, 'constructor.name': 'Object', length: 3 },
      { städte: ['Åre', 'A\u030Are'], имя: 'Ї', 'e\u0301': 1, é: 2 },
      { nested: { a: { b: { c: { d: [1, [2, [3, { e: null }]]] } } } } },
      { note: LONG_MIXED },
    ],
  },
]
