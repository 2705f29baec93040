/** IKEv1 SA payloads in a line of text, and what answers them in another. */
import type { Attribute, Negotiation, Proposal, SuiteTransform } from '../../src/proposals/model.ts';
import { writeSa } from '../../src/proposals/selectors/answers.ts';
import type { Response } from '../../src/proposals/selectors/profile.ts';

/** `1=5 2=2 12=#00007080`: attributes in the short form, or with # in the long one. */
export function attributes(text: string): Attribute[] {
  if (text === '') return [];
  return text.split(' ').map((word): Attribute => {
    const [type = '', value = ''] = word.split('=');
    if (!value.startsWith('#')) return { type: Number(type), form: 'TV', value: Number(value) };
    return { type: Number(type), form: 'TLV', value: Uint8Array.from(Buffer.from(value.slice(1), 'hex')) };
  });
}

/** Proposals separated by `|`, as `number.protocol.spi: 0.1 1=5 2=2, 1.1 1=7`: transforms by number and id, then their attributes. */
export function payload(negotiation: Negotiation, text: string): Uint8Array {
  const groups = text.split('|').map((one) => {
    const [head = '', list = ''] = one.trim().split(':');
    const [number = '1', protocol = '1', spi = ''] = head.split('.');
    const transforms = list.split(',').map((each): SuiteTransform => {
      const [name = '', ...rest] = each.trim().split(' ');
      const [own = '0', id = '1'] = name.split('.');
      return { kind: 'suite', number: Number(own), id: Number(id), attributes: attributes(rest.join(' ')) };
    });
    const proposal: Proposal = { protocol: Number(protocol), spi: Uint8Array.from(Buffer.from(spi, 'hex')), transforms };
    return { number: Number(number), proposals: [proposal] };
  });
  return writeSa({ offer: { negotiation, groups } });
}

/** The text of an answer's octets as `payload` reads it, or `notify 14`, `silence`, `proceeds`. */
export function outcome({ wire }: Response): string {
  if (wire.kind === 'answer') return Buffer.from(wire.sa).toString('hex');
  return wire.kind === 'notify' ? `notify ${wire.type}` : wire.kind;
}

/** The octets that `payload` makes of a text, as hex. */
export function hexOf(negotiation: Negotiation, text: string): string {
  return Buffer.from(payload(negotiation, text)).toString('hex');
}
