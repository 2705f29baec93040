/**
 * The sentences about authenticated sessions.
 *
 * @module
 */
import type { SessionCode } from '../probe/result.ts';

/** What a sentence hangs on besides the code. */
export interface SessionFacts {
  readonly version: 1 | 2;
  readonly proving: 'psk' | 'certificate';
}

/** Why a session is in its state, and what to do about it. */
export function explainSession(code: SessionCode, { version, proving }: SessionFacts): string {
  switch (code) {
    case 'wrong-key':
      return 'The pre-shared keys differ. Set the same one on both sides, for this pair of identities.';
    case 'key-or-identity':
      return (
        'The peer refuses the authentication. It says the same of another pre-shared key and of an identity that it does not know, so this is one of the two: ' +
        'compare the key, and the identity that we show (--id) and ask for (--peer-id), with its configuration; its log knows which. Without --peer-id it shows who it is, once the key is right.'
      );
    case 'identity-refused':
      return 'The keys are the same, and the peer refuses our identity. Show the one that it is configured for (--id).';
    case 'peer-identity':
      return 'The peer proved who it is, and is not who was expected (--peer-id). Expect the identity that it shows, or have it show the other one.';
    case 'peer-key':
      return proving === 'psk'
        ? 'The peer took our proof, and its own does not fit: it signs with another pre-shared key than it checks with.'
        : 'The signature of the peer does not fit the certificate that it shows.';
    case 'peer-certificate-untrusted':
      return 'The certificate of the peer does not lead to an authority that is trusted here (--ca). Trust the one that issued it, or have the peer send the certificates between.';
    case 'peer-certificate-expired':
      return 'The certificate of the peer is out of date. Renew it there.';
    case 'peer-certificate-identity':
      return 'The certificate of the peer is not for the identity that it shows. Put the identity into its subjectAltName, or have it show one that stands there.';
    case 'peer-method':
      return `The peer proves itself by another method than ${proving === 'psk' ? 'a pre-shared key' : 'a certificate'}. Give the credential for that method.`;
    case 'certificate-refused':
      return (
        'The peer refuses the authentication. It says the same of a certificate that it does not trust, of one that is out of date, of a signature that it does not take and of an identity that it does not know: ' +
        'see that its authorities lead to our certificate, that this is valid now, and that it is for the identity that we show (--id); its log knows which.'
      );
    case 'certificate-untrusted':
      return 'The peer refuses our certificate, and asks for certificates of other authorities than ours. Have it trust the one that issued ours, or get one from an authority that it trusts.';
    case 'certificate-expired':
      return 'The peer refuses our certificate, and ours (or one above it) is out of date. Renew it.';
    case 'certificate-identity':
      return 'The peer refuses our certificate, and it is not for the identity that we show. Show one that stands in it (--id), or put this one into its subjectAltName.';
    case 'no-common-signature':
      return 'The peer verifies no signature that our key can make. Give a key of another kind, or allow more hash algorithms there.';
    case 'eap-wanted':
      return 'The peer wants EAP, which is not spoken here.';
    case 'xauth-wanted':
      return 'The peer wants a user name and password after phase 1 (XAUTH); none was given.';
    case 'child-refused':
      return 'The peer refuses the whole authentication because it refuses the child SA within it: no suite for traffic fits, or no traffic.';
    case 'suite-refused':
      return 'The suite that was accepted a moment ago is refused now; the answers hang on something else than the offer.';
    case 'des':
      return 'The peer takes nothing better than single DES, which is never used here: the exchange ended there.';
    case 'not-computable':
      return 'Nothing that the peer accepts can be computed here.';
    case 'no-method':
      return `The peer accepts no suite with ${proving === 'psk' ? 'a pre-shared key' : 'our kind of certificate'} in IKEv${version}.`;
    case 'credential-refused-before':
      return 'The same credential was refused in the other IKE version; a wrong one is tried once and no more.';
    case 'broken-answer':
      return 'What the peer answered is nothing that a session can come of.';
    case 'silent':
      return 'The peer stopped answering in the midst of it. Some keep silent to a wrong key or to an identity that they do not know.';
    case 'not-accepted':
      return 'No suite is known to be accepted, so there was nothing to authenticate with.';
    case 'budget':
      return 'Too few packets were left of the budget (--budget) to begin and to clean up.';
    case 'interrupted':
      return 'Stopped before it.';
    default:
      return code satisfies never;
  }
}
