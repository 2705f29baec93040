/**
 * Vendor ID payloads and whose they are, as data, and `identifyVendor`, which looks one up.
 *
 * Rule 1: a vendor ID is a hint, never proof: many are announced for compatibility, and one product sends several.
 * Rule 2: the longest and most exact row wins: whole payload, then release rows, then the longest prefix, then suffixes,
 *         then the shape that a family of generated IDs has.
 *
 * @module
 */

/** What a vendor ID stands for: a product, or a protocol feature that many products announce. */
export type VendorGroup = 'feature' | 'implementation';

/** A vendor ID recognised. `tells` is what follows from it. */
export interface Vendor {
  readonly name: string;
  readonly group: VendorGroup;
  readonly tells?: string;
}

/** One row of the table. `hex` is compared with the whole payload, its beginning or its end. */
export interface VendorRow {
  readonly match: 'full' | 'prefix' | 'suffix';
  readonly hex: string;
  readonly name: string;
  readonly tells: string;
}

/** Longest payload of which the beginning is looked at; rows are far shorter. In octets. */
const LOOKED_AT = 64;

/** Whose vendor ID payload this is; undefined when no row knows it. Never throws. */
export function identifyVendor(bytes: Uint8Array): Vendor | undefined {
  const start = hex(bytes.subarray(0, LOOKED_AT));
  if (bytes.length <= LOOKED_AT) {
    const whole = FULL.get(start);
    if (whole) return whole;
    const release = STRONGSWAN_BY_HASH.get(start);
    if (release !== undefined) {
      return { name: `strongSwan ${release}`, group: 'implementation', tells: 'release from the vendor ID' };
    }
  }
  const begins = PREFIXES.find((row) => start.startsWith(row.hex));
  if (begins) return begins.vendor;
  const end = hex(bytes.subarray(Math.max(0, bytes.length - LOOKED_AT)));
  const ends = SUFFIXES.find((row) => end.endsWith(row.hex));
  if (ends) return ends.vendor;
  const shape = SHAPES.find((row) => start.startsWith(row.hex) && (row.length === undefined || row.length === bytes.length));
  return shape && { name: shape.name, group: 'implementation', tells: 'recognised by its shape only' };
}

function hex(bytes: Uint8Array): string {
  let text = '';
  for (const octet of bytes) text += octet.toString(16).padStart(2, '0');
  return text;
}

function full(hexOctets: string, name: string, tells: string): VendorRow {
  return { match: 'full', hex: hexOctets, name, tells };
}
function prefix(hexOctets: string, name: string, tells: string): VendorRow {
  return { match: 'prefix', hex: hexOctets, name, tells };
}
function suffix(hexOctets: string, name: string, tells: string): VendorRow {
  return { match: 'suffix', hex: hexOctets, name, tells };
}

/** Announced features; they say little about the product. */
export const FEATURE_VENDORS: readonly VendorRow[] = [
  full('4a131c81070358455c5728f20e95452f', 'RFC 3947 NAT traversal', 'supports standard NAT-T; NAT-D payload type 20; port 4500'),
  full('4df37928e9fc4fd1b3262170d515c662', 'draft-ietf-ipsec-nat-t-ike (no number)', 'early NAT-T; typical of Apple clients'),
  full('4485152d18b6bbcd0be8a8469579ddcc', 'draft-ietf-ipsec-nat-t-ike-00', 'supports that NAT-T draft'),
  full(
    '16f6ca16e4a4066d83821a0f0aeaa862',
    'draft-ietf-ipsec-nat-t-ike-01',
    'supports that NAT-T draft; NAT-D payload type 130, mode 61443/61444',
  ),
  full(
    'cd60464335df21f87cfdb2fc68b6a448',
    'draft-ietf-ipsec-nat-t-ike-02',
    'supports that NAT-T draft; NAT-D payload type 130, mode 61443/61444',
  ),
  full(
    '7d9419a65310ca6f2c179d9215529d56',
    'draft-ietf-ipsec-nat-t-ike-03',
    'supports that NAT-T draft; NAT-D payload type 130, mode 61443/61444',
  ),
  full('9909b64eed937c6573de52ace952fa6b', 'draft-ietf-ipsec-nat-t-ike-04', 'supports that NAT-T draft'),
  full('80d0bb3def54565ee84645d4c85ce3ee', 'draft-ietf-ipsec-nat-t-ike-05', 'supports that NAT-T draft'),
  full('4d1e0e136deafa34c4f3ea9f02ec7285', 'draft-ietf-ipsec-nat-t-ike-06', 'supports that NAT-T draft'),
  full('439b59f8ba676c4c7737ae22eab8f582', 'draft-ietf-ipsec-nat-t-ike-07', 'supports that NAT-T draft'),
  full('8f8d83826d246b6fc7a8a6a428c11de8', 'draft-ietf-ipsec-nat-t-ike-08', 'supports that NAT-T draft'),
  full('42ea5b6f898d9773a575df26e7dd19e1', 'draft-ietf-ipsec-nat-t-ike-09', 'supports that NAT-T draft'),
  full(
    '90cb80913ebb696e086381b5ec427b1f',
    'draft-ietf-ipsec-nat-t-ike-02 with newline',
    'the newline variant in wide use (Windows, Cisco)',
  ),
  full('27bab5dc01ea0760ea4e3190ac27c0d0', 'draft-stenberg-ipsec-nat-traversal-01', 'pre-standard NAT-T'),
  full('6105c422e76847e43f9684801292aecd', 'draft-stenberg-ipsec-nat-traversal-02', 'pre-standard NAT-T'),
  full('6a7434c19d7e36348090a02334c9c805', 'draft-huttunen-ipsec-esp-in-udp-00.txt', 'pre-standard NAT-T'),
  full('50760f624c63e5c53eea386c685ca083', 'ESPThruNAT', 'pre-standard NAT-T'),
  full('810fa565f8ab14369105d706fbd57279', 'RFC XXXX placeholder', 'NAT-T test build'),
  full('c40fee00d5d39ddb1fc762e09b7cfea7', 'Testing NAT-T RFC', 'NAT-T test build'),
  full(
    'afcad71368a1f1c96b8696fc77570100',
    'Dead Peer Detection (RFC 3706)',
    'IKEv1 DPD; last two octets are major/minor version, 1.0 is the only one seen',
  ),
  full('09002689dfd6b712', 'XAUTH', 'extended authentication offered (remote access)'),
  prefix(
    '4048b7d56ebce88525e7de7f00d6c2d3',
    'IKE fragmentation (Cisco/Microsoft, IKEv1)',
    'proprietary IKEv1 fragmentation; 4 octets of flags may follow: 80000000 main or aggressive mode, 40000000 quick mode and later',
  ),
  full('12f5f28c457168a9702d9fe274cc0100', 'Cisco Unity', 'Cisco Unity client features (split tunnel, banner, ...)'),
  prefix(
    '4865617274426561745f4e6f74696679',
    'HeartBeat_Notify (NetScreen)',
    'NetScreen heartbeats; a few version octets may follow, for instance 386b0100',
  ),
  prefix('486561727442656174204e6f74696679', 'HeartBeat Notify', 'NetScreen heartbeats'),
  full('621b04bb09882ac1e15935fefa24aeee', 'GSSAPI', 'Kerberos/GSS authentication offered (Windows)'),
  full('ad2c0dd0b9c32083ccba25b8861ec455', 'A GSS-API Authentication Method for IKE', 'Kerberos/GSS authentication offered'),
  full('b46d8914f3aaa3f2fedeb7c7db2943ca', 'A GSS-API Authentication Method for IKE, newline', 'same, with newline'),
  full('ba290499c24e84e53a1d83a05e5f00c9', 'CRACK authentication (crack)', 'CRACK (auth method 128) offered'),
  full('0d33611a5d521b5e3c9c03d2fc107e12', 'CRACK authentication (crack-n)', 'CRACK (auth method 128) offered'),
  full('ad3251042cdc4652c9e0734ce5de4c7d', 'CRACK authentication (crack-rev)', 'CRACK (auth method 128) offered'),
  full('13f11823f966fa91900f024ba66a86ba', 'CRACK authentication (crack-rev-n)', 'CRACK (auth method 128) offered'),
  full('325df29a2319f2dd', 'draft-krywaniuk-ipsec-antireplay-00', 'anti-replay for IKE draft'),
  full('8db7a41811221660', 'draft-ietf-ipsec-heartbeats-00', 'heartbeats draft'),
  full('3b9031dce4fcf88b489a923963dd0c49', 'DPDv1_NG', 'Shrew Soft DPD variant'),
  prefix('4f70656e504750', 'OpenPGP', 'OpenPGP certificates (PGPnet); digits follow'),
];

/** Products and toolkits. */
export const IMPLEMENTATION_VENDORS: readonly VendorRow[] = [
  full('26244d38eddb61b3172a36e3d0cfb819', 'Vid-Initial-Contact', 'Microsoft initial contact'),
  prefix('1e2b516905991c7d7c96fcbfb587e461', 'MS NT5 ISAKMPOAKLEY', 'Windows; the next 4 octets (big endian) give the generation'),
  full('1e2b516905991c7d7c96fcbfb587e46100000002', 'Windows 2000', 'Windows generation 2'),
  full('1e2b516905991c7d7c96fcbfb587e46100000003', 'Windows XP (SP1)', 'Windows generation 3'),
  full('1e2b516905991c7d7c96fcbfb587e46100000004', 'Windows Server 2003 or XP SP2', 'Windows generation 4'),
  full('1e2b516905991c7d7c96fcbfb587e46100000005', 'Windows Vista', 'Windows generation 5'),
  full('1e2b516905991c7d7c96fcbfb587e46100000006', 'Windows Server 2008', 'Windows generation 6'),
  full('1e2b516905991c7d7c96fcbfb587e46100000007', 'Windows 7', 'Windows generation 7'),
  full('1e2b516905991c7d7c96fcbfb587e46100000008', 'Windows Server 2008 R2', 'Windows generation 8'),
  full('1e2b516905991c7d7c96fcbfb587e46100000009', 'Windows 8 and later (8.1, 10, Server 2012 R2, 2016 ...)', 'Windows generation 9'),
  prefix(
    '01528bbbc00696121849ab9a1c5b2a51',
    'Windows KEY_MODS',
    'Windows key dictation; trailing 00000000 IKE, 00000001 AuthIP, 00000002 IKEv2; also seen from Azure gateways',
  ),
  prefix(
    '7bb93867d76c8d80df0f40fae8fc3b19',
    'Windows AuthIP INIT KE',
    'AuthIP DH hint; last 4 octets: 0 none, 1 DH1, 2 DH2, 3 DH14, 4 DH19, 5 DH20, 6 DH21',
  ),
  full('214ca4faffa7f32d6748e5303395ae83', 'AuthIP supported (MS-MamieExists)', 'Windows AuthIP'),
  full('72872b95fcda2eb708efe322119b4971', 'NLBS_PRESENT', 'Windows network load balancing fast failover'),
  full('fb1de3cdf341b7ea16b7e5be0855f120', 'MS-Negotiation Discovery Capable', 'Windows negotiation discovery'),
  full('e3a5966a76379fe707228231e5ce8652', 'IKE CGA version 1', 'Windows CGA'),
  full('8aa394cf8a5577dc3110c113b027a4f2', 'Xbox One 2013', 'Xbox'),
  full('660822b3a73a244149578d62e0eb46a0', 'Xbox IKEv2 negotiation', 'Xbox IKEv2'),
  prefix('686a8cbdfe634b405146fb2baf33e9e8', 'MSFT IPsec Security Realm Id', 'Windows security realm'),
  prefix(
    '1f07f70eaa6514d3b0fa96542a50',
    'Cisco VPN 3000 concentrator',
    'VPN 3000 / ASA style gateway; last two octets version, 0306 = 3.0.6',
  ),
  full('f6f7efc7f5aeb8cb158cb9d094ba69e7', 'Cisco VPN 3000 client', 'VPN 3000 client'),
  prefix('3e984048', 'Cisco IOS device', 'Cisco IOS'),
  full('434953434f2d44454c4554452d524541534f4e', 'CISCO-DELETE-REASON', 'Cisco IKEv2'),
  full('464c455856504e2d535550504f52544544', 'FLEXVPN-SUPPORTED', 'Cisco IKEv2 FlexVPN'),
  full('434953434f2d44594e414d49432d524f555445', 'CISCO-DYNAMIC-ROUTE', 'Cisco'),
  full('434953434f56504e2d5245562d3032', 'CISCOVPN-REV-02', 'Cisco'),
  full(
    '434953434f28434f505952494748542926436f7079726967687420286329203230303920436973636f2053797374656d732c20496e632e',
    'Cisco copyright string',
    'Cisco IKEv2 (ASA/IOS)',
  ),
  full('800100018002000180030002', 'Cisco Unity firewall type', 'Cisco client firewall'),
  full('2d7922c6b301d9b0e1342739e9cfbbd5', 'Cisco delete with reason (IKEv1)', 'Cisco client feature'),
  full('126e1f577291153b20485f7f155b4bc8', 'unknown, sent by a Cisco-compatible client', 'vpnc constant without a name'),
  prefix(
    'f4ed19e0c114eb516faaac0ee37daf2807b4381f',
    'Check Point',
    'Check Point; then product (4 octets: 1 gateway, 2 client), version (4), timestamp (4), reserved (4), features (4)',
  ),
  prefix(
    '299ee8289f40a8973bc78687e2e7226b532c3b76',
    'Juniper NetScreen / ScreenOS 1',
    'ScreenOS; 8 more octets follow, the last 4 look like the version',
  ),
  prefix(
    '3a15e1f3cf2a63582e3ac82d1c64cbe3b6d779e7',
    'Juniper NetScreen / ScreenOS 2',
    'ScreenOS; 8 more octets follow, the last 4 look like the version',
  ),
  prefix(
    '47d2b126bfcd83489760e2cf8c5d4d5a03497c15',
    'Juniper NetScreen / ScreenOS 3',
    'ScreenOS; 8 more octets follow, the last 4 look like the version',
  ),
  prefix(
    '4a4340b543e02b84c88a8b96a8af9ebe77d9accc',
    'Juniper NetScreen / ScreenOS 4',
    'ScreenOS; 8 more octets follow, the last 4 look like the version',
  ),
  prefix(
    '64405f46f03b7660a23be116a1975058e69e8387',
    'Juniper NetScreen / ScreenOS 5',
    'ScreenOS; 8 more octets follow, the last 4 look like the version',
  ),
  prefix(
    '699369228741c6d4ca094c93e242c9de19e7b7c6',
    'Juniper NetScreen / ScreenOS 6',
    'ScreenOS; 8 more octets follow, the last 4 look like the version',
  ),
  prefix(
    '8c0dc6cf62a0ef1b5c6eabd1b67ba69866adf16a',
    'Juniper NetScreen / ScreenOS 7',
    'ScreenOS; 8 more octets follow, the last 4 look like the version',
  ),
  prefix(
    '92d27a9ecb31d99246986d3453d0c3d57a222a61',
    'Juniper NetScreen / ScreenOS 8',
    'ScreenOS; 8 more octets follow, the last 4 look like the version',
  ),
  prefix(
    '9b096d9ac3275a7d6fe8b91c583111b09efed1a0',
    'Juniper NetScreen / ScreenOS 9',
    'ScreenOS; 8 more octets follow, the last 4 look like the version',
  ),
  prefix(
    'bf03746108d746c904f1f3547de24f78479fed12',
    'Juniper NetScreen / ScreenOS 10',
    'ScreenOS; 8 more octets follow, the last 4 look like the version',
  ),
  prefix(
    'c2e80500f4cc5fbf5daaeed3bb59abaeee56c652',
    'Juniper NetScreen / ScreenOS 11',
    'ScreenOS; 8 more octets follow, the last 4 look like the version',
  ),
  prefix(
    'c8660a62b03b1b6130bf781608d32a6a8d0fb89f',
    'Juniper NetScreen / ScreenOS 12',
    'ScreenOS; 8 more octets follow, the last 4 look like the version',
  ),
  prefix(
    'f885da40b1e7a9abd17655ec5bbec0f21f0ed52e',
    'Juniper NetScreen / ScreenOS 13',
    'ScreenOS; 8 more octets follow, the last 4 look like the version',
  ),
  prefix(
    '2a2bcac19b8e91b426107807e02e7249569d6fd3',
    'Juniper NetScreen / ScreenOS 14',
    'ScreenOS; 8 more octets follow, the last 4 look like the version',
  ),
  prefix(
    '166f932d55eb64d8e4df4fd37e2313f0d0fd8451',
    'Juniper NetScreen / ScreenOS 15',
    'ScreenOS; 8 more octets follow, the last 4 look like the version',
  ),
  prefix(
    'a35bfd05ca1ac0b3d2f24e9e82bfcbff9c9e52b5',
    'Juniper NetScreen / ScreenOS 16',
    'ScreenOS; 8 more octets follow, the last 4 look like the version',
  ),
  prefix(
    '9436e8d67174ef9aed068d5ad5213f187a3f8ba6',
    'Juniper NetScreen / ScreenOS 17',
    'ScreenOS; 8 more octets follow, the last 4 look like the version',
  ),
  full('fd808804df73b15150709d878044cde0ac1efcde', 'Juniper SRX', 'Junos SRX'),
  prefix('2c9d7e81995b9967d23f571ac641f9348122f1cc1200000014060000', 'Juniper (unspecified)', 'Juniper'),
  full('1d6e178f6c2c0be284985465450fe9d4', 'FortiGate (older)', 'FortiGate'),
  prefix('8299031757a36082c6a621de', 'FortiGate', 'FortiGate; the last 4 octets carry a build or version number'),
  full('b4f01ca951e9da8d0bafbbd34ad3044e', 'Fortinet Endpoint Control', 'FortiClient/FortiGate'),
  full('4c53427b6d465d1b337bb755a37a7fef', 'forticlient connect license', 'FortiClient/FortiGate'),
  prefix('5b362bc820f60001', 'SonicWall 1', 'SonicWall'),
  prefix('5b362bc820f60002', 'SonicWall 2', 'SonicWall'),
  prefix('5b362bc820f60003', 'SonicWall 3', 'SonicWall'),
  prefix('5b362bc820f60005', 'SonicWall 5', 'SonicWall'),
  prefix('5b362bc820f60006', 'SonicWall 6', 'SonicWall'),
  prefix('5b362bc820f60007', 'SonicWall 7', 'SonicWall'),
  prefix('5b362bc820f60008', 'SonicWall 8', 'SonicWall'),
  prefix('5b362bc820f70001', 'SonicWall c', 'SonicWall'),
  prefix('404bf439522ca3f6', 'SonicWall a', 'SonicWall'),
  prefix('da8e937880010000', 'SonicWall b', 'SonicWall (also WatchGuard and SafeNet clients)'),
  full('b858d1addd08c1e8adafea150608aa4497aa6cc8', 'ZyXEL ZyWALL router', 'ZyXEL'),
  full('f758f22668750f03b08df6ebe1d0', 'ZyXEL ZyWALL USG 100', 'ZyXEL'),
  full('625027749d5ab97f5616c1602765cf480a3b7d0b', 'ZyXEL ZyWALL', 'ZyXEL'),
  full('7003cbc1097dbe9c2600ba6983bc8b35', 'KAME/racoon', 'racoon (BSD, Linux, embedded, older Apple and MikroTik)'),
  full('20a3622c1cea7ce37bee3ca484425276', 'IPSec-Tools', 'ipsec-tools racoon'),
  full('dbfb81eb5760b0788562067da102d755', 'Netgear', 'Netgear'),
  full('882fe56d6fd20dbc2251613b2ebe5beb', 'strongSwan', 'strongSwan with send_vendor_id = yes (off by default)'),
  prefix('4f452d4c696272657377616e2d', 'Libreswan 3.6 and later', 'Libreswan; version text follows (only with send-vendorid)'),
  prefix('4f70656e494b4544', 'OpenIKED', 'OpenIKED; "-portable-version" may follow'),
  full('4f70706f7274756e6973746963204950736563', 'Opportunistic IPsec', 'Libreswan opportunistic'),
  full('494b457632', 'CAN-IKEv2 (obsolete)', 'old Openswan/Libreswan bid-down detection'),
  prefix('54494d4553544550', 'Timestep', 'TimeStep/Alcatel; version text follows'),
  prefix('424e4553', 'Nortel Contivity', 'Nortel Contivity; 4 octets of version follow'),
  prefix('526170746f7220506f77657256706e20536572766572', 'Symantec Raptor', 'Symantec Enterprise Firewall; version follows'),
  prefix('47bbe7c993f1fc13b4e6d0db565c68e5', 'SafeNet SoftRemote', 'SafeNet client; version text follows'),
  full('c573b056d7faca36c2fba28374127cbf', 'StoneGate 1', 'Stonesoft/Forcepoint'),
  full('baeb239037e17787d730eed9d95d48aa', 'StoneGate 2', 'Stonesoft/Forcepoint'),
  full('8404adf9cda05760b2ca292e4bff537b', 'Sidewinder', 'Sidewinder G2'),
  full('e720cdd49d2ee7b83ce1970a6c69b528', 'Sidewinder 2', 'Sidewinder G2 (uncertain)'),
  full('f14b94b7bff1fef02773b8c49feded26', 'Shrew Soft client', 'Shrew Soft VPN client'),
  full('101fb0b35c5a4f4c08b919f1cb9777b0', 'NCP client', 'NCP client'),
  prefix('08db45e6cb01f80bb576e9a78c0f54e1300b8881', 'ELVIS-PLUS ZASTAVA', 'ELVIS-PLUS; two octets of version follow'),
  full('4c5647392e322e3234353a425249434b3a392e322e323435', 'Lucent VPN gateway 9', 'Lucent Brick'),
  full('4c5643372e312e323a5850', 'Lucent VPN client 7', 'Lucent client'),
  full('4d6163204f53582031302e78', 'Mac OS X string', 'early Mac OS X'),
  suffix('54656c646174', 'Teldat (suffix)', 'Teldat: 9 random octets, then ASCII Teldat'),
  full('fbf47614984031fa8e3bb6198089b223', 'SSH IPSEC Express 1.1.0', 'SSH Communications toolkit (many OEM gateways)'),
  full('1952dc91ac20f646fb01cf42a33aee30', 'SSH IPSEC Express 1.1.1', 'SSH Communications toolkit (many OEM gateways)'),
  full('e8bffa643e5c8f2cd10fda7370b6ebe5', 'SSH IPSEC Express 1.1.2', 'SSH Communications toolkit (many OEM gateways)'),
  full('c1111b2dee8cbc3d620573ec57aab9cb', 'SSH IPSEC Express 1.2.1', 'SSH Communications toolkit (many OEM gateways)'),
  full('09ec27bfbc09c75823cfecbffe565a2e', 'SSH IPSEC Express 1.2.2', 'SSH Communications toolkit (many OEM gateways)'),
  full('7f21a596e4e318f0b2f4944c2384cb84', 'SSH IPSEC Express 2.0.0', 'SSH Communications toolkit (many OEM gateways)'),
  full('2836d1fd2807bc9e5ae30786320451ec', 'SSH IPSEC Express 2.1.0', 'SSH Communications toolkit (many OEM gateways)'),
  full('a68de756a9c5229bae66498040951ad5', 'SSH IPSEC Express 2.1.1', 'SSH Communications toolkit (many OEM gateways)'),
  full('3f2372867e237c1cd8250a75559cae20', 'SSH IPSEC Express 2.1.2', 'SSH Communications toolkit (many OEM gateways)'),
  full('0e58d5774df602007d0b02443660f7eb', 'SSH IPSEC Express 3.0.0', 'SSH Communications toolkit (many OEM gateways)'),
  full('f5ce31ebc210f44350cf71265b57380f', 'SSH IPSEC Express 3.0.1', 'SSH Communications toolkit (many OEM gateways)'),
  full('f64260af2e2742daddd56987068a99a0', 'SSH IPSEC Express 4.0.0', 'SSH Communications toolkit (many OEM gateways)'),
  full('7a54d3bdb3b1e6d923892064be2d981c', 'SSH IPSEC Express 4.0.1', 'SSH Communications toolkit (many OEM gateways)'),
  full('9aa1f3b43472a45d5f506aeb260cf214', 'SSH IPSEC Express 4.1.0', 'SSH Communications toolkit (many OEM gateways)'),
  full('89f7b760d86b012acf263382394d962f', 'SSH IPSEC Express 4.1.1', 'SSH Communications toolkit (many OEM gateways)'),
  full('6880c7d026099114e486c55430e7abee', 'SSH IPSEC Express 4.2.0', 'SSH Communications toolkit (many OEM gateways)'),
  full('b037a21aceccb5570f602546f97bde8c', 'SSH IPSEC Express 5.0', 'SSH Communications toolkit (many OEM gateways)'),
  full('2b2dad97c4d140930053287f996850b0', 'SSH IPSEC Express 5.0.0', 'SSH Communications toolkit (many OEM gateways)'),
  full('45e17f3abe93944cb202910c59ef806b', 'SSH IPSEC Express 5.1.0', 'SSH Communications toolkit (many OEM gateways)'),
  full('5925859f7377ed7816d2fb81c01fa551', 'SSH IPSEC Express 5.1.1', 'SSH Communications toolkit (many OEM gateways)'),
  full('054182a07c7ae206f9d2cf9d2432c482', 'SSH Sentinel', 'SSH Sentinel client'),
  full('b91623e693ca18a54c6a2778552305e8', 'SSH Sentinel 1.1', 'SSH Sentinel client'),
  full('5430888de01a31a6fa8f60224e449958', 'SSH Sentinel 1.2', 'SSH Sentinel client'),
  full('7ee5cb85f71ce259c94a5c731ee4e752', 'SSH Sentinel 1.3', 'SSH Sentinel client'),
  full('63d9a1a7009491b5a0a6fdeb2a8284f0', 'SSH Sentinel 1.4', 'SSH Sentinel client'),
  full('eb4b0d96276b4e220ad16221a7b2a5e6', 'SSH Sentinel 1.4.1', 'SSH Sentinel client'),
  full('37eba0c4136184e7daf8562a77060b4a', 'SSH QuickSec 0.9.0', 'SafeNet/SSH QuickSec toolkit'),
  full('5d72925e55948a9661a7fc48fdec7ff9', 'SSH QuickSec 1.1.0', 'SafeNet/SSH QuickSec toolkit'),
  full('777fbf4c5af6d1cdd4b895a05bf82594', 'SSH QuickSec 1.1.1', 'SafeNet/SSH QuickSec toolkit'),
  full('2cdf08e712ede8a5978761267cd19b91', 'SSH QuickSec 1.1.2', 'SafeNet/SSH QuickSec toolkit'),
  full('59e454a8c2cf02a34959121f1890bc87', 'SSH QuickSec 1.1.3', 'SafeNet/SSH QuickSec toolkit'),
  full('8f9cc94e01248ecdf147594c284b213b', 'SSH QuickSec 2.1.0', 'SafeNet/SSH QuickSec toolkit'),
  full('bdb41038a7ec5e5534dd004d0f91f927', 'maybe Cisco IOS', 'maybe Cisco IOS'),
  full('e23ae9f51a46876ff93d89ba725d649d', 'unknown Cisco', 'unknown Cisco'),
  full('975b7816f69789600dda89040576e0db', 'SonicWall Global VPN client', 'SonicWall Global VPN client'),
  full('69b761a173cc1471dc4547d2a5e94812', 'unclassified', 'unclassified'),
  full('4f457e4c466e5d427c5c6b52', 'FreeS/WAN 2.06', 'release from the vendor ID'),
  full('4f4544765b576b4045417447', 'FreeS/WAN 2.00', 'release from the vendor ID'),
  full('4f4576795c6b677a57715c73', 'Openswan 2.6.38', 'release from the vendor ID'),
  full('4f53577666617a6f6355505a', 'Openswan 2.6.40', 'release from the vendor ID'),
  full('4f454e5f52685050487b645e', 'Libreswan 3.5', 'release from the vendor ID'),
  full('6c0dcd481deae8ae0b0a68384b3072f9', 'OpenBSD-4.0', 'isakmpd of that OpenBSD release'),
  full('9826c552791aa1800ca6ff33aaf1e83b', 'OpenBSD-6.3', 'isakmpd of that OpenBSD release'),
];

/** MD5("strongSwan " + release), the vendor ID of strongSwan up to 5.1.1; 4.3.6 did not follow the rule. */
export const STRONGSWAN_RELEASES: readonly (readonly [release: string, hex: string])[] = [
  ['2.2.0', '85b6cbec480d5c8cd9882c825ac2c244'],
  ['2.2.1', 'd9118b1e9de5efced9cc9d883f2168ff'],
  ['2.2.2', '99dc7cc823376b3b33d04357896ae07b'],
  ['2.3.0', 'b8f92b2fa2d3fe5fe158344bda1cc6ae'],
  ['2.3.1', 'f697c1afcc2ec8ddcdf99dc7af03a67f'],
  ['2.3.2', '42a4834c92ab9a7777063afa254bcb69'],
  ['2.4.0', 'e829c88149bab3c0cee85da60e18ae9b'],
  ['2.4.1', '75b0653cb281eb26d31ede38c8e1e228'],
  ['2.4.2', 'e7a3fd0c6d771a8f1b8a86a4169c9ea4'],
  ['2.4.3', '982b7a063a33c143a8eadc88249f6bcc'],
  ['2.4.4', '485a70361b4433b31dea1c6be0df243e'],
  ['2.5.0', '9eb3d907ed7ada4e3cbcacb917abc8e4'],
  ['2.5.1', '9a4a4648f60f8eda7cfcbfe271ee5b7d'],
  ['2.5.2', '861ce5eb72164b190e9e629a31cf4901'],
  ['2.5.3', 'df5b1f0f1d5679d9f8512b16c55a6065'],
  ['2.5.4', '7a6bf5b7df89642a75a78ef7d657c1c0'],
  ['2.5.5', '3f267ed621ada7ee6c7d8893ccb0b14b'],
  ['2.5.6', '3c5eba3d8564928e32ae43c3d9924dee'],
  ['2.5.7', '1f4442296b83d7e33a8b45209ba0e590'],
  ['2.6.0', '3f3266499ffdbd85950e702298062844'],
  ['2.6.1', '66afbc12bbfe6ce108b1f69f4bc917b7'],
  ['2.6.2', '5b1cd6fe7d050eda6c93871c107db3d2'],
  ['2.6.3', 'b2860e7837f711bef3d0eeb106872ded'],
  ['2.6.4', 'b927f95219a0fe3600dba3c1182ae55f'],
  ['2.7.0', '07fa128e4754f9447b1dd46374eef360'],
  ['2.7.1', '8134878582121785ba65ea345d6ba724'],
  ['2.7.2', 'a194e2aaddd0bafb95253dd96dc733eb'],
  ['2.7.3', '7f50cc4ebf04c2d9da73abfd69b77aa2'],
  ['2.8.0', '32f0e9b9c06dfe8c9ad5599a636971a1'],
  ['2.8.1', 'e37f2d5ba89a62cd202ee27dac06c8a8'],
  ['2.8.2', '299932277b7dfe382ce23465333a7d23'],
  ['2.8.3', 'fb4641ad0eeb2a34491d15f4eff51063'],
  ['2.8.4', '76c72bfd398424dd001b86d0012fe061'],
  ['2.8.5', '4c7efa31b39e510432a317570d97bbb9'],
  ['2.8.6', 'fe3f49706e26a9fb36a87bfce9ea36ce'],
  ['2.8.7', '3a0d4e7ca4e492ed4dfe476d1ac6018b'],
  ['2.8.8', '8c4a3bcb729b11f703d22a5b39640ca8'],
  ['2.8.9', '0e9e820524932da199a498953afa8a7e'],
  ['2.8.10', '357a0ae9f68878d9c362e1e4dc7143a2'],
  ['2.8.11', 'a796daf760a30760058bcc626ddb94fb'],
  ['4.0.0', '2ce9c946a4c879bf11b50b76cc5692cb'],
  ['4.0.1', '9dbbafcf1db0dd595ae065294003ad3e'],
  ['4.0.2', '77e8eea6f556a499de3ffe7f7f95661c'],
  ['4.0.3', 'b181b18e114fc209b3c6e26c3a80718e'],
  ['4.0.4', '1ef283f83549b5ff9608b6d634f84d75'],
  ['4.0.5', 'dd180d21e5ce655a768ba32211dd8ad9'],
  ['4.0.6', '4c90136946577b51919d8d9a6b8e4a9f'],
  ['4.0.7', 'ab0746221cc8fd0d5238f73a9b3da557'],
  ['4.1.0', '4794cef6843422980d1a3d06af41c5cd'],
  ['4.1.1', 'd3f1c488c368175d5f40a8f5ca5f5e12'],
  ['4.1.2', '15a1ace7ee52fddfef04f928db2dd134'],
  ['4.1.3', '5849ab6d8beabd6e4d09e5a3b88c089a'],
  ['4.1.4', '312f9cb1a6b90e19de7528c904ac3087'],
  ['4.1.5', 'bf0fbf7306ebb7827042d893539886e2'],
  ['4.1.6', 'd19683368af4b0edc21ccde982b1d1b0'],
  ['4.1.7', 'ea840aa4dfc9712d6c32b5a16eb329a3'],
  ['4.1.8', '66a2045507c119da78a4666259cdea48'],
  ['4.1.9', '78fdd287def01a3f074b5369eab4fd1c'],
  ['4.1.10', 'bf3a89ae5bef8e72d44dac8bb88d7d5f'],
  ['4.1.11', 'b7bd9f2f978e3259a7aa9f7a1396ad6c'],
  ['4.2.0', '9f68901325a972894335302a9531ab9f'],
  ['4.2.1', 'bab253f4cb10a8108a7c927c56c87886'],
  ['4.2.2', '2a517d0d23c37d08bce7c292a0217b39'],
  ['4.2.3', '2d1f406118fbd5d28474791ffa00488a'],
  ['4.2.4', 'cd5792d4b70f0299a6a1373de236d2ac'],
  ['4.2.5', 'af0a05e0bd37b0aba0135a194abb5b89'],
  ['4.2.6', 'a2782dd683b5edee3b777f897d2b867e'],
  ['4.2.7', '4ddc7e1f6d6cd1ae9d5dcac58fa1fe9a'],
  ['4.2.8', '95569ee23ebb62eddedea353a575faf3'],
  ['4.2.9', '488c08f57afc382112f7cb396f2d4f6c'],
  ['4.2.10', '1aa158ae7f11e77d75ec801db53f7ec5'],
  ['4.2.11', '05ceccd8e985fe0669eac282f803292a'],
  ['4.2.12', 'bc7d89b8b6b760391b1206e3ab391328'],
  ['4.2.13', '5c14651ffd4af6383f5ba29177c2729a'],
  ['4.2.14', 'de014540e78dd8768bfb6c5238ede75f'],
  ['4.2.15', '97be0b4b8506e40943ac2e1933ec2ca2'],
  ['4.2.16', '4da33eb5f94ebf6d849c89a75803c50b'],
  ['4.2.17', '79cf939352cdee20c8fb228e264826ad'],
  ['4.3.0', '9deb74e751f44c47905ed2fad93f9271'],
  ['4.3.1', '20b1f62b240a52a849309183960cbb64'],
  ['4.3.2', 'd6263956ac790961a9c8409b393724bf'],
  ['4.3.3', 'f9f093629308b24388d09c3f026de0a8'],
  ['4.3.4', 'e37e5d64a329a5cf1eeb8546c3b06018'],
  ['4.3.5', 'de5c703801952d85f6b3ed33b33784b4'],
  ['4.3.7', '02d7c3a0698ec33bb126b2baa70b9c2c'],
  ['4.4.0', 'a5ad81e15e1c68a1be277abfeee80d94'],
  ['4.4.1', 'aaa2e272c58de8f96e72c4c21ba7dd99'],
  ['4.5.0', 'eff89e6f406f55292807c3b8f925884a'],
  ['4.5.1', 'efe12e8533bbcf4e978ec874935e9972'],
  ['4.5.2', 'b149d6161fb4c7c3805beeff042d08c0'],
  ['4.5.3', '75244ad8a5a0f48e7e3b7ad79dcab153'],
  ['4.6.0', '41ef2e2f7ec8b923c98d9fa9bb7a04a5'],
  ['4.6.1', '1d6cfa4d69d9d33c0b2244bf99de9b8b'],
  ['4.6.2', '9c73b19f5f4181aa4b269dd004608811'],
  ['4.6.3', '984a7bfefb46489a5be74b64531c6753'],
  ['4.6.4', 'a87680d00cbb939871eb680d18d052e2'],
  ['5.0.0', 'e154b11a96ee2b44d4954843cd3a40a3'],
  ['5.0.1', '75aa8f69de2e44500dae842be21f5491'],
  ['5.0.2', '04d52cc5fd04aa971063b111917731d2'],
  ['5.0.3', 'd398476a43b9d6c56c4045ffcc9fffb9'],
  ['5.0.4', 'dc3afcdda0514da394b4b36f4cb1b9a7'],
  ['5.1.0', 'b7d8e62184049fb21b088d4232d2549c'],
  ['5.1.1', '9e10a0d4205edc6c90bd5381a53c2d2b'],
];

/** Shapes of generated vendor IDs whose text is not in the table; `length` in octets. */
const SHAPES: readonly { readonly hex: string; readonly name: string; readonly length?: number }[] = [
  { hex: '4f454e', name: 'FreeS/WAN, Openswan or Libreswan (OEN)', length: 12 },
  { hex: '4f5357', name: 'Openswan', length: 12 },
  { hex: '4f45', name: 'FreeS/WAN or Openswan', length: 12 },
  { hex: '1e2b516905991c7d7c96fcbfb587e4', name: 'Windows, unknown generation' },
  { hex: 'da8e9378', name: 'SafeNet or WatchGuard' },
];

const ROWS: readonly (VendorRow & { readonly vendor: Vendor })[] = [
  ...FEATURE_VENDORS.map((row) => ({ ...row, vendor: vendor(row, 'feature') })),
  ...IMPLEMENTATION_VENDORS.map((row) => ({ ...row, vendor: vendor(row, 'implementation') })),
];
const FULL: ReadonlyMap<string, Vendor> = new Map(ROWS.filter((r) => r.match === 'full').map((r) => [r.hex, r.vendor]));
const STRONGSWAN_BY_HASH: ReadonlyMap<string, string> = new Map(STRONGSWAN_RELEASES.map(([release, hash]) => [hash, release]));
const PREFIXES = ROWS.filter((r) => r.match === 'prefix').toSorted((a, b) => b.hex.length - a.hex.length);
const SUFFIXES = ROWS.filter((r) => r.match === 'suffix');

function vendor(row: VendorRow, group: VendorGroup): Vendor {
  return { name: row.name, group, tells: row.tells };
}
