/**
 * Offers as the user writes them: the notation's faults become usage errors.
 *
 * @module
 */
import type { Negotiation, Offer } from '../proposals/model.ts';
import { NotationError, parseOffer } from '../proposals/notation.ts';
import { UsageError } from './errors.ts';

/** The offer that a text means. `where` names the option or file. @throws UsageError with place, word and the nearest one */
export function readOffer(text: string, negotiation: Negotiation, where: string): Offer {
  try {
    return parseOffer(text, negotiation);
  } catch (error) {
    if (!(error instanceof NotationError)) throw error;
    throw new UsageError('ERR_USAGE_ARGUMENT', `${where}: ${complaint(error)}`, 'for instance 3des-md5-modp1024, or esp:3des-md5+ah:sha1');
  }
}

/** What is wrong with an offer, where, and which word was probably meant. */
export function complaint(fault: NotationError): string {
  const word = quoted(fault.message.slice(fault.code.length + 2));
  const place = `at character ${fault.offset + 1}`;
  const meant = fault.hint === undefined ? '' : `. Did you mean '${fault.hint}'?`;
  switch (fault.code) {
    case 'empty':
      return `nothing ${place}`;
    case 'unknown-keyword':
      return `unknown algorithm ${word} ${place}${meant}`;
    case 'unknown-protocol':
      return `unknown protocol ${word} ${place}${meant}`;
    case 'wrong-protocol':
      return `protocol ${word} ${place} has no place here`;
    case 'number-too-large':
      return `number ${word} ${place} is too large`;
    case 'duplicate-slot':
      return `${word} ${place} is a second choice where only one can stand`;
    case 'slot-missing':
      return `no ${word} in it`;
    case 'too-many':
      return `too many proposals or choices ${place}`;
    default:
      return fault.code satisfies never;
  }
}

/** Short, on one line, without what a terminal would obey. */
export function quoted(text: string): string {
  const plain = text.replace(/[^\x20-\x7e]/g, '?');
  return `'${plain.length > 60 ? `${plain.slice(0, 60)}...` : plain}'`;
}
