/**
 * What strongSwan's pluto writes into its log beyond Pluto's own words, as data.
 *
 * @see strongSwan 4.6 `pluto/spdb.c`, `pluto/ipsec_doi.c`
 * @module
 */
import { logBook } from '../../log-lines.ts';

/** The vocabulary of strongSwan's pluto. */
export const STRONGSWAN_PLUTO = logBook({
  methodNotAllowed: { text: 'policy does not allow {method} authentication.  Attribute {attribute}', level: 'normal' },
  requested: { text: 'preparse_isakmp_policy: peer requests {policy} authentication', level: 'debug' },
  notAuthorizedWith: {
    text: 'initial Main Mode message received on {address}:{port} but no connection has been authorized with policy={policy}',
    level: 'normal',
  },
});
