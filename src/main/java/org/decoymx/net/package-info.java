/** What every port needs that strangers speak to: where it listens, how many it takes, and how long it is patient. */
@NullMarked
package org.decoymx.net;

import org.jspecify.annotations.NullMarked;
