/** Who is never listed: networks by configuration, file, SPF record or the administrator's word, and allowlists. */
@NullMarked
package org.decoymx.exemption;

import org.jspecify.annotations.NullMarked;
