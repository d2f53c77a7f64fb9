/**
 * Senders that are never listed: networks from configuration, files, SPF records and the REST API, and DNS allowlists.
 */
@NullMarked
package org.decoymx.exemption;

import org.jspecify.annotations.NullMarked;
