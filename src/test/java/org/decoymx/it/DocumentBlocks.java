package org.decoymx.it;

import java.util.List;
import java.util.regex.Pattern;

/** The fenced blocks of a document in Markdown. Their language says what a test does with them. */
public final class DocumentBlocks {
    private static final Pattern BLOCK =
            Pattern.compile("^( *)```(\\S+)\n(.*?)^ *```$", Pattern.DOTALL | Pattern.MULTILINE);

    private DocumentBlocks() {}

    /**
     * Finds the blocks of a language, in their order.
     *
     * @param text the document, or a part of it
     * @return the lines of each, without the indentation of the block
     */
    public static List<String> find(String text, String language) {
        return BLOCK.matcher(text)
                .results()
                .filter(block -> block.group(2).equals(language))
                .map(block -> block.group(3).replaceAll("(?m)^" + Pattern.quote(block.group(1)), ""))
                .toList();
    }
}
