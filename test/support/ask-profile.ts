/** A simulated peer's answer to a question, without a wire between. */
import { seededEntropy } from '../../src/ike/entropy.ts';
import { decodeMessage } from '../../src/ike/index.ts';
import type { Responder } from '../../src/net/memory.ts';
import { publicValues } from '../../src/node-crypto/public-values.ts';
import { encodeQuestion, readMeaning } from '../../src/probe/messages.ts';
import type { AnswerBody, Question } from '../../src/probe/question.ts';

const publicValue = publicValues(seededEntropy('ask'));

/** `n` numbers the questions, from 1. */
export function answerOf(responder: Responder, question: Question, n: number): AnswerBody & { readonly reply?: Uint8Array } {
  const initiatorSpi = new Uint8Array(8).fill(n);
  const request = encodeQuestion(question, {
    initiatorSpi,
    nonce: new Uint8Array(32),
    publicValue: publicValue(question.keGroup ?? 14) ?? new Uint8Array(256),
  });
  const [reply] = responder(request, { address: '198.51.100.1', port: 500 }, n);
  if (reply === undefined) return { kind: 'silence', sends: 1 };
  const octets = reply instanceof Uint8Array ? reply : reply.bytes;
  const decoded = decodeMessage(octets);
  if (!decoded.ok) return { kind: 'silence', sends: 1 };
  const meaning = readMeaning(decoded.value, question);
  // An exchange of its own answers no request, but it is heard.
  if (decoded.value.header.initiatorSpi[0] !== n) return { kind: 'silence', sends: 1, reply: octets };
  return meaning === undefined || meaning.kind === 'cookie' ? { kind: 'silence', sends: 1 } : { ...meaning, reply: octets };
}
