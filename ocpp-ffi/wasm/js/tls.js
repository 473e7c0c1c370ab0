// What OCPP wants of the TLS of a station, and Node does not do by itself.

import { isIP } from "node:net";
import { checkServerIdentity } from "node:tls";

const ENDING_DOT = /\.$/;
const plain = (name) => name.replace(ENDING_DOT, "").toLowerCase();

/** The names in a certificate: those of its subjectAltName, otherwise its common name. */
function names({ subjectaltname, subject }) {
  if (subjectaltname === undefined) return [subject?.CN ?? []].flat();
  return subjectaltname
    .split(", ")
    .filter((name) => name.startsWith("DNS:"))
    .map((name) => name.slice("DNS:".length));
}

/** A wildcard in the name of a CSMS counts only where the station permits it (A00.FR.309, A00.FR.412). */
export function identityCheck(allowWildcards, check = checkServerIdentity) {
  return (host, certificate) => {
    const error = check(host, certificate);
    if (error || allowWildcards || isIP(host) || names(certificate).some((name) => plain(name) === plain(host))) return error;
    const refused = new Error(`the certificate names ${host} by a wildcard`);
    refused.code = "ERR_TLS_CERT_ALTNAME_INVALID";
    return refused;
  };
}

// As OpenSSL and Node name what can be wrong with the certificate of a server.
const CERTIFICATE = new Set([
  "ERR_TLS_CERT_ALTNAME_INVALID",
  "CERT_CHAIN_TOO_LONG",
  "CERT_HAS_EXPIRED",
  "CERT_NOT_YET_VALID",
  "CERT_REVOKED",
  "CERT_SIGNATURE_FAILURE",
  "CERT_UNTRUSTED",
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "ERROR_IN_CERT_NOT_AFTER_FIELD",
  "ERROR_IN_CERT_NOT_BEFORE_FIELD",
  "INVALID_CA",
  "INVALID_PURPOSE",
  "PATH_LENGTH_EXCEEDED",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY",
  "UNABLE_TO_DECRYPT_CERT_SIGNATURE",
  "UNABLE_TO_GET_ISSUER_CERT",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
]);

/** Whether a connection failed because of the certificate of the CSMS: below another root it may be right. */
export const isCertificate = ({ code }) => CERTIFICATE.has(code);

/** The security event for why a connection failed, or null. */
export function refusal(error) {
  if (isCertificate(error)) return "InvalidCsmsCertificate";
  // What OpenSSL says is a code here and a text there.
  const why = `${error.code} ${error.message}`.toUpperCase().replaceAll(" ", "_");
  if (/PROTOCOL_VERSION|UNSUPPORTED_PROTOCOL|WRONG_VERSION/.test(why)) return "InvalidTLSVersion";
  if (/ALERT_HANDSHAKE_FAILURE|NO_SHARED_CIPHER|INSUFFICIENT_SECURITY/.test(why)) return "InvalidTLSCipherSuite";
  // Either HTTP refuses the password, or TLS the certificate of the station.
  if (/RESPONSE:_401$/.test(why) || /ALERT.*(CERT|UNKNOWN_CA)/.test(why)) return "FailedToAuthenticateAtCsms";
  return null;
}

/**
 * The ways to connect as the station wants to, the best first: each with one root, what the station was given at last.
 *
 * @param wanted the output `Connect`
 * @param given options of `ws` that the station was given
 * @param keyOf gives the private key of a name, PEM
 */
export async function attempts(wanted, given = {}, keyOf) {
  const { roots, allow_wildcards, client_certificate: own, security_profile } = wanted;
  const common = { ...given, checkServerIdentity: identityCheck(allow_wildcards, given.checkServerIdentity) };
  if (own !== null && security_profile === 3) {
    const key = await keyOf?.(own.key);
    if (!key) throw new Error(`the private key ${own.key} of the station's certificate is not there`);
    Object.assign(common, { cert: own.chain, key });
  }
  const certificate = own?.id ?? null;
  const installed = roots.map(({ id, pem }) => ({ root: id, certificate, options: { ...common, ca: pem } }));
  // Without roots of its own it has those of Node.
  const last = roots.length === 0 || given.ca !== undefined;
  return last ? [...installed, { root: null, certificate, options: common }] : installed;
}
