/** What is run: implementations, pairs and cases by the words of the command line; how long it will take; who meets whom. */
import { expect } from 'chai';
import { describe, it } from 'mocha';
import type { Connection } from '../../../interop/daemons/connection.ts';
import { CASES } from '../../../interop/cases/index.ts';
import { estimate } from '../../../interop/matrix/estimate.ts';
import { implementations } from '../../../interop/matrix/implementations.ts';
import { pairsAmong, wholePlan } from '../../../interop/matrix/pairs.ts';
import { select, SelectionError } from '../../../interop/matrix/select.ts';
import { asked } from '../../../interop/matrix/traffic.ts';
import { selectorFor } from '../../../src/proposals/index.ts';

const ALL = implementations();
const named = (...ids: string[]) => ALL.filter(({ id }) => ids.includes(id));
const texts = (pairs: readonly { readonly initiator: string; readonly responder: string }[]): readonly string[] =>
  pairs.map(({ initiator, responder }) => `${initiator} › ${responder}`);

describe('the implementations of the matrix', () => {
  it('are those that the project has promised, and each has a profile that judges as it does', () => {
    expect(ALL.map(({ id }) => id)).to.include.members([
      ...['5.9.1', '5.9.8', '6.0.1', '6.1.0'].map((release) => `strongswan@${release}`),
      ...['4.3', '4.10', '5.2'].map((release) => `libreswan@${release}`),
      ...['7.2', '7.4'].map((release) => `openiked@${release}`),
      'ike-probe',
    ]);
    for (const { id, profile = id, kind, release } of ALL) {
      expect(() => selectorFor(profile), id).not.to.throw();
      expect(id.startsWith('model:'), id).to.equal(kind === 'model');
      if (kind === 'daemon') expect(id).to.match(new RegExp(`@${release}$`));
    }
  });
});

describe('who meets whom', () => {
  it('of those that are named: everybody everybody else, in both roles', () => {
    expect(texts(pairsAmong(named('strongswan@5.9.8', 'libreswan@4.10', 'ike-probe')))).to.deep.equal([
      'strongswan@5.9.8 › libreswan@4.10',
      'strongswan@5.9.8 › ike-probe',
      'libreswan@4.10 › strongswan@5.9.8',
      'libreswan@4.10 › ike-probe',
      'ike-probe › strongswan@5.9.8',
      'ike-probe › libreswan@4.10',
    ]);
  });

  it('one alone meets itself, and a model only answers', () => {
    expect(texts(pairsAmong(named('openiked@7.4')))).to.deep.equal(['openiked@7.4 › openiked@7.4']);
    expect(texts(pairsAmong(named('openiked@7.4', 'model:n3iwf')))).to.deep.equal(['openiked@7.4 › model:n3iwf']);
  });

  it('in the whole plan: every release the oldest and the newest of each family and our own machines, in both roles', () => {
    const plan = texts(wholePlan(ALL));
    expect(new Set(plan).size).to.equal(plan.length);
    for (const release of ['strongswan@6.0.1', 'libreswan@4.10', 'openiked@7.2'])
      for (const end of [
        'strongswan@5.9.1',
        'strongswan@6.1.0',
        'libreswan@4.3',
        'libreswan@5.2',
        'openiked@7.2',
        'openiked@7.4',
        'ike-probe',
      ])
        expect(plan).to.include.members([`${release} › ${end}`, `${end} › ${release}`]);
    expect(plan).not.to.include('strongswan@5.9.8 › libreswan@4.10');
    expect(plan).to.include.members(['strongswan@6.0.1 › model:racoon', 'libreswan@5.2 › model:racoon', 'ike-probe › model:racoon']);
    expect(plan).to.include.members(['strongswan@6.1.0 › model:n3iwf', 'openiked@7.4 › model:n3iwf']);
    expect(plan.filter((pair) => /model:.* ›|openiked.* › model:racoon/.test(pair))).to.deep.equal([]);
  });
});

describe('what the command line names', () => {
  it('cases by their ids, with * for any run of characters, in the order in which reports show them', () => {
    const { cases } = select({ daemons: ['ike-probe'], cases: ['v2-rekey-ike', 'v1-aggressive-*'] });
    const ids = cases.map(({ id }) => id);
    expect(ids.at(-1)).to.equal('v2-rekey-ike');
    expect(ids.slice(0, -1).every((id) => id.startsWith('v1-aggressive-'))).to.equal(true);
  });

  it('all of them when nothing is named; those of files alone when there are some', () => {
    expect(select({ daemons: ['ike-probe'] }).cases).to.equal(CASES);
    const [one] = CASES;
    if (one) expect(select({ daemons: ['ike-probe'], more: [{ ...one, id: 'mine' }] }).cases.map(({ id }) => id)).to.deep.equal(['mine']);
  });

  it('pairs, who begins before the slash', () => {
    expect(texts(select({ pairs: ['ike-probe/model:*', 'ike-probe/ike-probe'] }).pairs)).to.include.members([
      'ike-probe › model:racoon',
      'ike-probe › ike-probe',
    ]);
  });

  const wrong: readonly [wish: Parameters<typeof select>[0], message: string][] = [
    [{ daemons: ['strongswan@4'] }, '--daemons: there is no strongswan@4'],
    [{ cases: ['v3-*'] }, '--cases: there is no v3-*'],
    [{ cases: ['v2.same'] }, '--cases: there is no v2.same'],
    [{ pairs: ['ike-probe'] }, '--pairs: ike-probe is no pair'],
    [{ pairs: ['ike-probe/ike-probe/ike-probe'] }, '--pairs: ike-probe/ike-probe/ike-probe is no pair'],
    [{ pairs: ['model:racoon/ike-probe'] }, '--pairs: model:racoon is a model, and models only answer'],
  ];
  for (const [wish, message] of wrong) it(`wrongly: ${message}`, () => expect(() => select(wish)).to.throw(SelectionError, message));
});

describe('how long it will still take', () => {
  it('is not known before anything is through', () => expect(estimate().left(new Map([['a', 3]]), 2)).to.equal(undefined));

  it('goes by what cells of the same kind have taken, and by all for a kind of which there is none', () => {
    const known = estimate();
    known.done('slow', 4000);
    known.done('slow', 2000);
    known.done('quick', 300);
    // 2 × 3000 + 10 × 300 + 3 × 2100, two side by side.
    expect(
      known.left(
        new Map([
          ['slow', 2],
          ['quick', 10],
          ['new', 3],
        ]),
        2,
      ),
    ).to.equal((6000 + 3000 + 6300) / 2);
    expect(known.left(new Map(), 2)).to.equal(0);
  });
});

describe('traffic that is asked for beside traffic that is served', () => {
  const end = (...traffic: string[]) => ({ address: '10.99.0.2', identity: 'x', proof: { kind: 'psk', secret: 's' } as const, traffic });
  const asks = (local: string[], remote: string[]): Connection => ({
    name: 'x',
    speaks: 'ikev2',
    local: end(...local),
    remote: end(...remote),
  });
  const cases: readonly [asked: string, served: string, relation: string][] = [
    ['10.2.0.0/16', '10.2.0.0/16', 'equal'],
    ['10.2.1.0/24', '10.2.0.0/16', 'narrower'],
    ['10.0.0.0/8', '10.2.0.0/16', 'wider'],
    ['0.0.0.0/0', '10.2.0.0/16', 'wider'],
    ['10.3.0.0/16', '10.2.0.0/16', 'other'],
    ['10.2.0.1', '10.2.0.1/32', 'equal'],
    ['fd02::/64', 'fd02::/48', 'narrower'],
    ['fd02::1', '10.2.0.1', 'other'],
    ['10.2.0.0/16 10.4.0.0/16', '10.2.0.0/16', 'wider'],
    ['10.2.0.0/16', '10.2.0.0/16 10.4.0.0/16', 'narrower'],
  ];
  for (const [wanted, served, relation] of cases)
    it(`${wanted} beside ${served} is ${relation}`, () =>
      expect(asked(asks(['10.1.0.0/16'], wanted.split(' ')), asks(served.split(' '), ['10.1.0.0/16']))).to.equal(relation));
});
