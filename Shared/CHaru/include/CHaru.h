#ifndef MARQUEE_CHaru_H
#define MARQUEE_CHaru_H

#include <hpdf.h>
#include <malloc.h>

// What libharu's functions do not offer, by way of its own public structures.

/// A font's glyph for a code point; 0 when it has none.
static inline HPDF_UINT16 marquee_pdf_glyph(HPDF_Font font, HPDF_UINT16 unicode) {
    return HPDF_TTFontDef_GetGlyphid(((HPDF_FontAttr)font->attr)->fontdef, unicode);
}

/// In thousandths of the font's size.
static inline HPDF_INT16 marquee_pdf_glyph_width(HPDF_Font font, HPDF_UINT16 glyph) {
    return HPDF_TTFontDef_GetGidWidth(((HPDF_FontAttr)font->attr)->fontdef, glyph);
}

/// Replaces the map from the font's codes to Unicode: the one that libharu writes is not of the kind that readers know.
static inline HPDF_STATUS marquee_pdf_set_to_unicode(HPDF_Font font, const char *map) {
    HPDF_Dict stream = ((HPDF_FontAttr)font->attr)->cmap_stream;
    if (stream == NULL || stream->stream == NULL) return HPDF_INVALID_OBJECT;
    HPDF_MemStream_FreeData(stream->stream);
    return HPDF_Stream_WriteStr(stream->stream, map);
}

/// The language of the whole text (BCP 47), which PDF has since 1.4.
static inline HPDF_STATUS marquee_pdf_set_language(HPDF_Doc document, const char *language) {
    document->pdf_version = HPDF_VER_14;
    HPDF_String value = HPDF_String_New(document->mmgr, language, NULL);
    return value == NULL ? HPDF_FAILD_TO_ALLOC_MEM : HPDF_Dict_Add(document->catalog, "Lang", value);
}

/// What malloc has handed out and not got back, in bytes: libharu's memory is nobody's else to count.
static inline size_t marquee_pdf_allocated(void) {
    return mallinfo2().uordblks;
}

#endif
