package org.decoymx.feed;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.decoymx.feed.FeedCache.FeedCacheKey;

/**
 * Since when the feeds have their content. A feed of confirmed senders often has the same content in many versions of
 * the blocklist; it then keeps its Last-Modified, as it keeps its entity tag.
 */
final class ModificationTimes {
    private final Map<FeedCacheKey, ContentVersion> latest = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<FeedCacheKey, ContentVersion> eldest) {
            return size() > FeedCache.MAX_BODIES;
        }
    };

    private record ContentVersion(String etag, Instant modifiedAt) {}

    /**
     * Records a rendered body.
     *
     * @param versionAt the time of the version that it was rendered from
     * @return the time of the first version with this content; never before that of a body with other content
     */
    synchronized Instant record(FeedCacheKey key, String etag, Instant versionAt) {
        ContentVersion known = latest.get(key);
        if (known != null && known.etag.equals(etag)) {
            return known.modifiedAt;
        }
        if (known == null || versionAt.isAfter(known.modifiedAt)) {
            latest.put(key, new ContentVersion(etag, versionAt));
        }
        return versionAt;
    }
}
