/**
 * Tests of a whole site: a real Postfix as primary MX, real Postfix and Exim as senders, Unbound as resolvers, and the
 * decoy, in the network namespaces of {@link org.decoymx.lab.Lab}. No message of a good sender may bounce. These are
 * the situations in which a good sender reaches a decoy, and the tests that show what happens:
 *
 * <table>
 * <caption>Situations</caption>
 * <tr><th>situation</th><th>result</th><th>test</th></tr>
 * <tr><td>1. a milter of the primary is down: 451 at MAIL</td><td>not listed</td>
 * <td>PrimaryTroubleIT, LongLabIT</td></tr>
 * <tr><td>2. the disk of the primary is full: 452 at MAIL</td><td>not listed</td><td>PrimaryTroubleIT</td></tr>
 * <tr><td>3. the primary restarts between two probes</td><td>not listed</td><td>PrimaryTroubleIT</td></tr>
 * <tr><td>4. the sender remembers an outage longer than the grace time</td><td>deferred, then cleared</td>
 * <td>DetourIT, LongLabIT</td></tr>
 * <tr><td>5. the resolver of the sender has the old address of the primary</td><td>deferred, then cleared</td>
 * <td>DetourIT</td></tr>
 * <tr><td>6. the sender cannot resolve or reach the primary</td><td>deferred, then cleared</td>
 * <td>DetourIT, LongLabIT</td></tr>
 * <tr><td>7. a firewall keeps the listed from the primary</td><td>the listing ends by itself</td>
 * <td>FirewallIT</td></tr>
 * <tr><td>8. a good host sends HTTP or TLS to port 25</td><td>0 points</td><td>HarmlessClientIT</td></tr>
 * <tr><td>9. a callback verifier writes everything at once</td><td>0 points</td><td>HarmlessClientIT</td></tr>
 * <tr><td>10. someone signs up with an address at the name of the decoy</td><td>0 points</td>
 * <td>HarmlessClientIT</td></tr>
 * <tr><td>11. the decoy is the best MX in DNS</td><td>nothing counts, health is DOWN</td><td>WrongOrderIT</td></tr>
 * <tr><td>12. the sender insists on TLS, and STARTTLS of the primary is broken</td><td>not listed</td>
 * <td>PrimaryTroubleIT</td></tr>
 * <tr><td>13. the primary answers 421 at connect</td><td>not listed</td><td>PrimaryTroubleIT</td></tr>
 * <tr><td>14. witnesses from the log come a minute late</td><td>deferred at most</td><td>LogWitnessIT</td></tr>
 * <tr><td>15. put off at the primary over IPv6, at the decoy over IPv4, or the reverse</td><td>not listed</td>
 * <td>SameAttemptIT</td></tr>
 * <tr><td>16. a neighbor in an IPv6 /64 is caught</td><td>only its address</td><td>NeighborIT</td></tr>
 * <tr><td>17. an innocent address in a listed /24 visits the primary</td><td>released</td><td>NeighborIT</td></tr>
 * <tr><td>18. HELO with a private or loopback literal</td><td>0 points</td><td>HarmlessClientIT</td></tr>
 * <tr><td>19. the primary mails the decoy</td><td>exempt</td><td>HarmlessClientIT</td></tr>
 * <tr><td>20. clocks differ by seconds; the doubled hour in autumn</td><td>accepted</td>
 * <td>LogWitnessIT, PostWitnessesIT</td></tr>
 * <tr><td>21. a listing from another node, then a witness</td><td>delisted everywhere</td>
 * <td>ImportedListingIT, LedgerTransferIT</td></tr>
 * <tr><td>22. the relay pool of Microsoft 365</td><td>exempt</td><td>SpfExemptionsTest</td></tr>
 * <tr><td>23. first start without DNS</td><td>nothing counts</td><td>SpfExemptionsTest</td></tr>
 * </table>
 *
 * <p>The reverse: {@code SpammerIT} shows that a spammer that never tries again is deferred, confirmed and rejected,
 * and that nobody is confirmed while the policy service cannot be reached; {@code SilentSiteIT}, that a site that
 * reports nothing rejects nobody.
 */
@NullMarked
package org.decoymx.lab;

import org.jspecify.annotations.NullMarked;
