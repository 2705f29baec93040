/**
 * The sentences of Pluto's choice of connections: which one is used when, why that changed, why others were passed over.
 *
 * @module
 */
import type { Because, NameAt, Step, Walk, WhyNot } from '../proposals/connections/index.ts';

const MOMENTS: Readonly<Record<NameAt['moment'], string>> = {
  'first-message': 'With the first message',
  identity: 'When the peer has said who it is',
  'quick-mode': 'In quick mode',
};

const BECAUSE: Readonly<Record<Because, string>> = {
  'host-pair': 'it is the newest between these two addresses; the proposals are not looked at',
  'guessed-road-warrior':
    'it is a guess: no connection names this address, so the newest for peers anywhere is used until the peer says who it is',
  opportunistic: 'it is the opportunistic one with the smallest subnet that the peer is in',
  'identity-fits': "the peer's identity is the one that it names",
  'identity-fits-wildcards': "the peer's identity fits its wildcards",
  'identity-belongs-to-other': "the peer's identity is that of this one, not of the one before",
  'instantiated-with-identity': 'it is the same template again, now with the identity filled in',
  'clients-fit': 'its subnets are those that the peer asks for',
  'clients-belong-to-other': 'the peer asks for the subnets of this one, not of the one before',
};

const WHY_NOT: Readonly<Record<WhyNot, string>> = {
  group: 'it is only a pattern for others',
  'template-is-opportunistic': 'it is opportunistic',
  'peer-outside-client': 'the peer is not in its subnet',
  'larger-client': 'another one has a smaller subnet with the peer in it',
  identity: 'it names another identity of the peer',
  'our-identity': 'it gives us another identity than the one that we have already used',
  method: 'it does not allow the authentication method that was agreed on',
  'no-secret': 'no preshared key is found for it',
  'other-secret': 'its preshared key is another one than that which the messages were decrypted with',
  'no-private-key': 'there is no private key for it',
  'more-wildcards': 'another one fits with fewer wildcards',
  'protocol-or-port': 'it is for another protocol or port',
  'our-client': 'it has another subnet on our side',
  'peer-client': "it has another subnet on the peer's side",
  shunt: 'it negotiates nothing',
  'no-better': 'it is no better than the one found before',
};

/** What one change of the name means. */
export function explainName({ moment, name, because }: NameAt): string {
  return `${MOMENTS[moment]} the connection is "${name}": ${BECAUSE[because]}.`;
}

/** Why a candidate was passed over; nothing for one that was taken. */
export function explainStep({ candidate, why }: Step): string | undefined {
  return why && `"${candidate}" was passed over: ${WHY_NOT[why]}.`;
}

/** A whole negotiation: each change, what was passed over when it failed, and what a name in the log is worth. */
export function explainWalk({ outcome, names, failed = [] }: Walk): readonly string[] {
  const changed = new Set(names.map(({ name }) => name)).size > 1;
  return [
    ...names.map(explainName),
    ...(changed ? ['The connection named in a log line is only the one in use at that moment; that it changes is no fault.'] : []),
    ...(outcome === 'ignored' ? ['No connection is for this peer: the message is ignored.'] : []),
    ...(outcome === 'phase1-refused' ? ['No connection suits the identity of the peer.'] : []),
    ...(outcome === 'quick-refused' ? ['No connection has the subnets that the peer asks for.'] : []),
    ...failed.flatMap((step) => explainStep(step) ?? []),
  ];
}
