package org.decoymx.feed;

import io.vertx.ext.web.RoutingContext;
import java.util.Optional;
import org.decoymx.blocklist.Blocklist;
import org.decoymx.blocklist.BlocklistPublisher;
import org.decoymx.feed.FeedCache.FeedCacheKey;
import org.decoymx.net.VertxInternals;
import org.jspecify.annotations.Nullable;

/**
 * Sends the changes of the blocklist to one client. Rendered changes are shared by all streams. A slow client gets all
 * changes since the last one that it has received, or a reset if they are no longer available.
 */
final class ChangeStream extends EventStream {
    private final FeedResponder responder;
    private final BlocklistPublisher publisher;
    private final FeedFilter filter;
    private final Optional<Long> since;
    private long version;
    private boolean sending;

    /**
     * @param since the version that the client has; empty to start with the current version
     */
    ChangeStream(
            RoutingContext context,
            FeedResponder responder,
            BlocklistPublisher publisher,
            FeedFilter filter,
            Optional<Long> since) {
        super(context);
        this.responder = responder;
        this.publisher = publisher;
        this.filter = filter;
        this.since = since;
    }

    @Override
    protected void sendFirst() {
        if (since.isPresent()) {
            version = since.get();
        } else {
            skipToCurrentVersion("version", "");
        }
    }

    /** Tells the client the version that the full list of its filter has, which may be lower than the current one. */
    private void skipToCurrentVersion(String event, String members) {
        Blocklist listing = publisher.servedBlocklist();
        version = listing.version();
        long first = listing.version(filter.tier());
        write("event: " + event + "\ndata: {\"op\":\"" + event + "\",\"version\":"
                + NdjsonChanges.versionValue(listing, first) + members + "}\nid: " + listing.versionText(first)
                + "\n\n");
    }

    @Override
    protected boolean sendNew() {
        if (!sending && publisher.servedBlocklist().version() != version) {
            sending = true;
            responder.fetchBody(
                    context(),
                    new FeedCacheKey(new SseChanges(version), filter, ContentCoding.IDENTITY),
                    this::sendChanges);
            return true;
        }
        return sending;
    }

    @Override
    protected void noteSent() {
        super.noteSent();
        responder.recordReader(context(), "stream");
    }

    /** Sends a reset if the changes are no longer available. After any other failure the next poll tries again. */
    private void sendChanges(@Nullable CachedBody body, @Nullable Throwable failure) {
        if (body == null) {
            sending = false;
            if (!isStopped() && failure instanceof NdjsonChanges.VersionUnavailableException) {
                skipToCurrentVersion("reset", ",\"url\":\"" + filter.plainFeedUrl() + "\"");
            }
            return;
        }
        Runnable disconnect = () -> VertxInternals.abort(context().request().connection());
        body.addReader(disconnect);
        if (isStopped()) {
            body.removeReader(disconnect);
            return;
        }
        noteSent();
        version = body.version();
        context().response().write(body.toBuffer()).onComplete(sent -> {
            body.removeReader(disconnect);
            sending = false;
        });
    }
}
