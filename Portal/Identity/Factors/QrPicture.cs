using System.Text;
using Microsoft.AspNetCore.Html;
using QRCoder;

namespace Portal.Identity.Factors;

/// <summary>A QR code as an inline drawing: one path, no request, no style attribute.</summary>
internal static class QrPicture
{
    public static IHtmlContent Draw(string text, string label)
    {
        using var generator = new QRCodeGenerator();
        using var data = generator.CreateQrCode(text, QRCodeGenerator.ECCLevel.M);
        // the library draws the quiet zone as modules too
        var rows = data.ModuleMatrix;
        var path = new StringBuilder();
        for (var y = 0; y < rows.Count; y++)
        {
            for (var x = 0; x < rows[y].Length; x++)
            {
                if (rows[y][x]) path.Append(null, $"M{x} {y}h1v1h-1z");
            }
        }

        return new HtmlString(string.Create(
            null,
            $"""<svg class="qr" viewBox="0 0 {rows.Count} {rows.Count}" width="232" height="232" role="img" aria-label="{System.Net.WebUtility.HtmlEncode(label)}" shape-rendering="crispEdges"><rect width="100%" height="100%" fill="#fff"/><path fill="#000" d="{path}"/></svg>"""));
    }
}
