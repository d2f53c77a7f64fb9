/** Serves the blocklist over HTTP; one class for each format. */
@NullMarked
package org.decoymx.feed;

import org.jspecify.annotations.NullMarked;
