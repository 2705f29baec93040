import { expect } from 'chai';
import { describe, it } from 'mocha';
import { memoryNetwork } from '../../src/net/memory.ts';
import { recordingTransport, replayTransport } from '../../src/net/replay.ts';
import { Transcript, type TranscriptHead } from '../../src/net/transcript.ts';
import type { Transport } from '../../src/net/transport.ts';

const HEAD: TranscriptHead = {
  target: { input: 'vpn', address: '192.0.2.1', port: 500 },
  started: '2026-01-01T00:00:00.000Z',
  local: { address: '198.51.100.1', port: 500 },
  seed: 'abc',
  settings: { ike: 'v2' },
};

/** Asks ten questions, each up to three times with doubled waits; two in flight at first. What it saw, and when. */
async function run(transport: Transport): Promise<string[]> {
  const log: string[] = [];
  await transport.send(Uint8Array.of(100));
  await transport.send(Uint8Array.of(101));
  for (let question = 0; question < 10; question++) {
    for (let attempt = 0; attempt < 3; attempt++) {
      await transport.send(Uint8Array.of(question, attempt));
      const got = await transport.receive(transport.clock() + 100 * 2 ** attempt);
      log.push(`${question}.${attempt} ${got?.kind === 'datagram' ? got.datagram.bytes.join('.') : got?.kind} ${transport.clock()}`);
      if (got) break;
    }
  }
  return log;
}

describe('transcripts', () => {
  const record = async (): Promise<{ transcript: Transcript; log: string[] }> => {
    const transcript = new Transcript(HEAD);
    const wire = memoryNetwork({ responder: (bytes) => [bytes], loss: 0.3, duplicate: 0.2, seed: 5, latency: 7 });
    return { log: await run(recordingTransport(wire, transcript)), transcript };
  };

  it('replay the same run, through the file too', async () => {
    const { transcript, log } = await record();
    const replay = replayTransport(Transcript.fromJson(transcript.toJson()));
    expect(await run(replay)).to.deep.equal(log);
    expect(replay.divergedAt).to.equal(undefined);
    expect(replay.peer).to.deep.equal({ address: '192.0.2.1', port: 500 });
  });

  it('survive the file', async () => {
    const { transcript } = await record();
    transcript.append({ direction: 'received', at: 9999, bytes: new Uint8Array(), obstacle: { kind: 'refused', code: 'ECONNREFUSED' } });
    transcript.append({
      direction: 'received',
      at: 9999,
      bytes: Uint8Array.of(1),
      from: { address: '192.0.2.1', port: 1025 },
      question: 3,
      note: 'late',
    });
    const again = Transcript.fromJson(transcript.toJson());
    expect(again.head).to.deep.equal(HEAD);
    expect(again.entries).to.deep.equal(transcript.entries);
    expect(Transcript.fromJson(new Transcript(HEAD).toJson()).entries).to.deep.equal([]);
  });

  it('tell where a replay leaves the recorded run, and are silent after the end', async () => {
    const { transcript } = await record();
    const replay = replayTransport(transcript);
    await replay.send(Uint8Array.of(100));
    await replay.send(Uint8Array.of(99));
    expect(replay.divergedAt).to.equal(1);
    const short = replayTransport(new Transcript(HEAD));
    await short.send(Uint8Array.of(1));
    expect(await short.receive(60_000)).to.equal(undefined);
    expect(short.divergedAt).to.equal(0);
  });

  it('replay an obstacle', async () => {
    const transcript = new Transcript(HEAD);
    const refused = recordingTransport(memoryNetwork({ obstacle: 'refused' }), transcript);
    await refused.send(Uint8Array.of(1));
    await refused.receive(1000);
    const replay = replayTransport(transcript);
    await replay.send(Uint8Array.of(1));
    expect(await replay.receive(1000)).to.deep.equal({ kind: 'refused', code: 'ECONNREFUSED', at: 20 });
  });

  const broken: [text: string, place: string][] = [
    ['', 'line 1, column 1'],
    ['{\n  "schema": x\n}', 'line 2, column 13'],
    ['[]', 'transcript'],
    ['{}', 'schema'],
    [new Transcript(HEAD).toJson().replace('"port":500', '"port":"x"'), 'target.port'],
    [new Transcript(HEAD).toJson().replace('[\n    \n  ]', '[{"direction":"sent","at":0,"bytes":"0"}]'), 'entries[0].bytes'],
    [new Transcript(HEAD).toJson().replace('[\n    \n  ]', '[7]'), 'entries[0]'],
  ];
  for (const [text, place] of broken) {
    it(`name the place: ${place}`, () => {
      expect(() => Transcript.fromJson(text))
        .to.throw()
        .that.includes({ code: 'ERR_TRANSCRIPT', place });
    });
  }
});
