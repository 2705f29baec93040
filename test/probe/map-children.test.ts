/** The inference of child SAs against simulated peers: what odd ones say decides no more than it may. */
import { expect } from 'chai';
import { describe, it } from 'mocha';
import { CELL, type CellMap } from '../../src/probe/cell-map.ts';
import { Grid } from '../../src/probe/grid.ts';
import { type ChildManner, mapChildren } from '../../src/probe/map-children.ts';
import { type AnswerBody, type ChildQuestion, simulate } from '../../src/probe/question.ts';
import { suiteText } from '../../src/probe/suite-text.ts';
import { clauses } from '../../src/proposals/clauses.ts';
import type { Suite } from '../../src/proposals/model.ts';
import { parseSuite } from '../../src/proposals/notation.ts';
import { expandBox } from '../../src/proposals/suites.ts';
import { universe } from '../../src/proposals/universes.ts';

const V2 = new Grid(universe('common', 'ikev2-child').boxes);
const V1 = new Grid(universe('common', 'ikev1-phase2').boxes);
const IKEV2: ChildManner = { exchange: 'ikev2-child', usualGroup: 14, most: 8000 };
const IKEV1: ChildManner = { exchange: 'ikev1-quick', usualGroup: 14, most: 255 };

const refused = (notify: number): AnswerBody => ({ kind: 'refused', notify, form: { spiSize: 0, messageId: 0, responderSpi: true } });
const chosen = (suite: Suite): AnswerBody => ({ kind: 'chosen', suite, form: { order: [], proposalNumber: 1 } });

/** Every suite of a question, in its order. */
function offered({ offer }: ChildQuestion): Suite[] {
  return offer.groups.flatMap(({ proposals }) =>
    proposals.flatMap((proposal) =>
      clauses(offer.negotiation, proposal, []).flatMap(({ slots }) =>
        expandBox(
          Object.fromEntries(
            [...slots]
              .filter(([slot]) => slot !== 'mode')
              .map(([slot, choices]) => [slot, choices.map(({ id, keyBits }) => (keyBits === undefined ? { id } : { id, keyBits }))]),
          ),
        ),
      ),
    ),
  );
}

type Peer = (suites: readonly Suite[], question: ChildQuestion) => AnswerBody;

/** Picks the first suite of the question that is in its list; asks for the right group where it got another one. */
function takes(negotiation: 'ikev1-phase2' | 'ikev2-child', ...texts: string[]): Peer {
  const own = texts.map((text) => (text.startsWith('ah:') ? parseSuite(text.slice(3), negotiation, 2) : parseSuite(text, negotiation)));
  const wanted = new Set(own.map((suite) => suiteText(suite, negotiation)));
  return (suites, { keGroup }) => {
    const match = suites.find((suite) => wanted.has(suiteText(suite, negotiation)));
    if (!match) return refused(14);
    const group = match.group?.id;
    return negotiation === 'ikev2-child' && group !== undefined && group !== keGroup ? { kind: 'wrong-group', group } : chosen(match);
  };
}

function mapped(
  peer: Peer,
  manner: ChildManner = IKEV2,
): { readonly map: CellMap; readonly accepted: string[]; readonly questions: number } {
  const negotiation = manner.exchange === 'ikev2-child' ? 'ikev2-child' : 'ikev1-phase2';
  const grid = manner.exchange === 'ikev2-child' ? V2 : V1;
  const { value: map, questions } = simulate(mapChildren(grid, manner), (question: ChildQuestion) => peer(offered(question), question));
  return { map, accepted: map.accepted.map((cell) => suiteText(grid.suite(cell), negotiation)).toSorted(), questions: questions.length };
}

describe('the map of child SAs', () => {
  for (const [texts, most] of [
    [['aes256-sha256'], 3],
    [['aes256-sha256-ecp256'], 4],
    [['aes256-sha256', 'aes128gcm16-x25519', 'aes128gcm16-x25519-esn', 'ah:sha256', '3des-md5-modp1024'], 12],
    [['null-sha1', 'des-md5', 'des-md5-modp768'], 7],
  ] as const)
    it(`IKEv2, ${texts.join(', ')}: exact, in ${most} questions at most`, () => {
      const { accepted, questions, map } = mapped(takes('ikev2-child', ...texts));
      expect(accepted).to.deep.equal([...texts].toSorted());
      expect(questions).to.be.at.most(most);
      expect(map.count(CELL.undecided)).to.equal(0);
    });

  it('IKEv1: each group is asked apart, and names one group alone', () => {
    const peer = takes('ikev1-phase2', 'aes256-sha256-modp2048', '3des-sha1');
    const { accepted, map } = mapped((suites, question) => {
      expect(new Set(suites.map(({ group }) => group?.id)).size).to.equal(1);
      expect(question.keGroup).to.equal(suites[0]?.group?.id);
      return peer(suites, question);
    }, IKEV1);
    expect(accepted).to.deep.equal(['3des-sha1', 'aes256-sha256-modp2048']);
    expect(map.count(CELL.undecided)).to.equal(0);
  });

  it('IKEv1: an attribute that spoils every offer is asked a few times, not once for each suite', () => {
    const plain = takes('ikev1-phase2', 'aes256-sha256', 'aes128gcm16-ecp256');
    const { accepted, questions, map } = mapped(
      (suites, question) => (suites.some(({ esn }) => esn) ? refused(15) : plain(suites, question)),
      IKEV1,
    );
    expect(accepted).to.deep.equal(['aes128gcm16-ecp256', 'aes256-sha256']);
    expect(map.count(CELL.undecided)).to.equal(0);
    expect(questions).to.be.at.most(24);
  });

  it('IKEv1: a cipher that spoils every offer is found once, and left out of what follows', () => {
    const plain = takes('ikev1-phase2', 'aes256-sha256-modp2048');
    const spoils = ({ encryption }: Suite): boolean => encryption?.id === 6 || encryption?.id === 23;
    const { accepted, questions, map } = mapped((suites, question) => (suites.some(spoils) ? refused(15) : plain(suites, question)), IKEV1);
    expect(accepted).to.deep.equal(['aes256-sha256-modp2048']);
    expect(map.count(CELL.undecided)).to.equal(0);
    expect(questions).to.be.at.most(80);
  });

  it('what was said to be acceptable and is refused stays undecided: the peer could not install it', () => {
    const peer = takes('ikev2-child', 'aes256-sha256-ecp256');
    const { accepted, map } = mapped((suites, question) => {
      const answer = peer(suites, question);
      return answer.kind === 'chosen' ? refused(14) : answer;
    });
    expect(accepted).to.deep.equal([]);
    expect(map.notes.map(({ code }) => code)).to.deep.equal(['contradiction']);
    expect(map.count(CELL.undecided)).to.be.above(0);
  });

  for (const [notify, why] of [
    [38, 'traffic'],
    [35, 'no-additional-sas'],
  ] as const)
    it(`notification ${notify} ends it: ${why}`, () => {
      const { map, questions } = mapped(() => refused(notify));
      expect(questions).to.equal(1);
      expect(map.notes).to.deep.equal([{ code: 'stopped', why }]);
      expect(map.count(CELL.refused)).to.equal(0);
    });

  it('silence refuses nothing', () => {
    const { map } = mapped(() => ({ kind: 'silence', sends: 3 }));
    expect(map.count(CELL.refused)).to.equal(0);
    expect(map.notes).to.deep.equal([{ code: 'stopped', why: 'silence' }]);
  });

  it('an answer that was not offered decides nothing, and ends', () => {
    const { map, questions } = mapped(() => chosen({ encryption: { id: 65000 } }));
    expect(map.accepted).to.deep.equal([]);
    expect(questions).to.be.lessThan(10);
  });

  it('a peer that names groups without end is not asked without end', () => {
    const { questions } = mapped(() => ({ kind: 'wrong-group', group: 31 }));
    expect(questions).to.be.lessThan(100);
  });
}).timeout(20_000);
