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

/// Replaces the widths that the file lists for the font, which are all that it has, by those of `codes`, in their order.
static inline HPDF_STATUS marquee_pdf_set_widths(
    HPDF_Font font, const HPDF_UINT16 *codes, const HPDF_INT16 *widths, HPDF_UINT count) {
    HPDF_Array all = HPDF_Array_New(font->mmgr), run = NULL;
    if (all == NULL) return HPDF_FAILD_TO_ALLOC_MEM;
    HPDF_STATUS status = HPDF_OK;
    for (HPDF_UINT i = 0; i < count; i++) {
        if (i == 0 || codes[i] != codes[i - 1] + 1) {
            run = HPDF_Array_New(font->mmgr);
            if (run == NULL) return HPDF_FAILD_TO_ALLOC_MEM;
            status |= HPDF_Array_AddNumber(all, codes[i]);
            status |= HPDF_Array_Add(all, run);
        }
        status |= HPDF_Array_AddNumber(run, widths[i]);
    }
    return status | HPDF_Dict_Add(((HPDF_FontAttr)font->attr)->descendant_font, "W", all);
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
