import { expect } from 'chai';
import { describe, it } from 'mocha';
import { run } from '../../src/cli/program.ts';
import type { ProbeReport } from '../../src/probe/result.ts';
import { testIo } from '../cli/test-io.ts';
import { acceptedIn, checkSchema, exchangeOf } from '../support/probing.ts';

/** Over real UDP, on loopback. */
async function demo(...flags: string[]): Promise<{ code: number; out: string; err: string }> {
  const io = testIo();
  const code = await run(['demo', ...flags], io);
  return { code, out: io.out(), err: io.err() };
}

describe('the demonstration, end to end', () => {
  it('maps the embedded Pluto: 3DES with MD5 or SHA-1 and groups 2 and 5, and nothing else', async () => {
    const { code, out } = await demo('--json');
    expect(code).to.equal(0);
    const report = JSON.parse(out) as ProbeReport;
    checkSchema(report);
    expect(report.complete).to.equal(true);
    const main = exchangeOf(report, 'ikev1-main');
    const suites = ['md5', 'sha1'].flatMap((hash) => ['modp1024', 'modp1536'].map((group) => `3des-${hash}-${group}`));
    expect(acceptedIn(main)).to.deep.equal(suites);
    expect(main.coverage).to.deep.equal({ decided: 1080, undecided: 0 });
  });

  it('gives DES its reason, with the packets that show it', async () => {
    const report = JSON.parse((await demo('--json')).out) as ProbeReport;
    const boxes = exchangeOf(report, 'ikev1-main').rejected.filter(({ box }) => box.encryption?.includes('des'));
    expect(boxes).not.to.deep.equal([]);
    for (const { reasons } of boxes) {
      const reason = reasons.find(({ slot, offered }) => slot === 'encryption' && offered === 'des');
      expect(reason).to.deep.include({ code: 'algorithm-not-accepted', accepted: ['3des'] });
      expect(reason?.text).to.match(/des is refused/);
      expect(reason?.evidence).not.to.deep.equal([]);
    }
  });

  it('says it in words, DES and the log of the responder among them', async () => {
    const { code, out, err } = await demo();
    expect(code).to.equal(0);
    expect(out).to.match(/3des-md5-modp1024/);
    expect(out).to.match(/\bdes\b/);
    expect(out).to.match(/OAKLEY_DES_CBC is not supported/);
    expect(err).not.to.match(/Error|bug/);
  });
}).timeout(20_000);
