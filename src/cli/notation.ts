/**
 * Offers as the user writes them: the notation's faults become usage errors.
 *
 * @module
 */
import type { Negotiation, Offer } from '../proposals/model.ts';
import { NotationError, type NotationFault, parseOffer } from '../proposals/notation.ts';
import { safe } from '../report/terminal.ts';
import { UsageError } from './errors.ts';

const WRONG: Readonly<Record<NotationFault, string>> = {
  empty: 'a part is empty',
  'unknown-keyword': 'unknown keyword',
  'unknown-protocol': 'unknown protocol',
  'wrong-protocol': 'this protocol does not stand here',
  'number-too-large': 'the number is too large',
  'duplicate-slot': 'an algorithm of this kind was given before',
  'slot-missing': 'an algorithm is missing',
  'too-many': 'too many transforms or groups',
};

/** The offer that a text means. `where` names the option or file. @throws UsageError with place, word and the nearest one */
export function readOffer(text: string, negotiation: Negotiation, where: string): Offer {
  try {
    return parseOffer(text, negotiation);
  } catch (error) {
    if (!(error instanceof NotationError)) throw error;
    const { code, offset, hint } = error;
    const word = error.message.slice(code.length + 2, code.length + 42);
    const near = hint === undefined || code === 'slot-missing' ? '' : ` Did you mean '${hint}'?`;
    const what = word === '' ? '' : ` '${safe(word)}'`;
    const message = `${where}: ${WRONG[code]}${what} at offset ${offset}.${near}`;
    throw new UsageError('ERR_USAGE_ARGUMENT', message, 'for instance 3des-md5-modp1024, or esp:3des-md5+ah:sha1');
  }
}
