/** IKE messages encoded per second. Run: npx tsx bench/encode.ts */
import { encodeMessage } from '../src/ike/index.ts';
import { drafts } from './messages.ts';
import { perSecond, rate } from './rate.ts';

const COUNT = 100_000;
console.log(`encode, ${COUNT} messages: ${perSecond(rate(drafts(COUNT), encodeMessage))} (goal 100 k/s)`);
