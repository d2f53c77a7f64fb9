package org.decoymx.exchange;

import java.util.List;
import java.util.function.BiConsumer;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.jspecify.annotations.Nullable;

/** Takes part in the {@link ControlChannel}, which calls it on its thread. An exception has the topic read again. */
interface ControlListener {

    /** Sends records. */
    interface RecordSender {
        /**
         * Sends a record.
         *
         * @param done gets where and when it was written, or what is wrong, on another thread
         */
        void send(ControlRecord content, BiConsumer<@Nullable RecordMetadata, @Nullable Exception> done);
    }

    /**
     * The topic will be read from its beginning; what was read before may not exist any more. What is sent is written
     * before that.
     *
     * @param topicId a topic that was created again has another one
     */
    default void restart(RecordSender sender, String topicId) {}

    /** Records were read, in their order. */
    default void read(List<ControlRecord.ControlMessage> entries) throws Exception {}

    /** All that was in the topic is read; called several times a second from then on, to write what is due. */
    void write(RecordSender sender);
}
