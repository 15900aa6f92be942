using System.Collections.Frozen;
using System.IO.Compression;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;

namespace Portal.Shell;

/// <summary>
/// The style sheet and the scripts, compiled into the assembly: joined once, compressed once, named by their content, so that a
/// browser asks for each a single time and an upgrade is seen at once.
/// </summary>
internal static class Assets
{
    private static readonly FrozenDictionary<string, Asset> All = Read();

    /// <summary>The address of an asset, e.g. <c>Assets.Href("portal.css")</c>.</summary>
    public static string Href(string name) => $"/shell/{All[name].Version}/{name}";

    public static IEnumerable<string> Names => All.Keys;

    public static Results<NotFound, FileContentHttpResult> Serve(string version, string name, HttpContext context)
    {
        if (!All.TryGetValue(name, out var asset)) return TypedResults.NotFound();
        context.Response.Headers.CacheControl = version == asset.Version ? "public, max-age=31536000, immutable" : "no-cache";
        context.Response.Headers.Vary = HeaderNames.AcceptEncoding;
        var squeezed = context.Request.Headers.AcceptEncoding.ToString().Contains("br", StringComparison.OrdinalIgnoreCase);
        if (squeezed) context.Response.Headers.ContentEncoding = "br";
        var tag = new EntityTagHeaderValue($"\"{asset.Version}\"");
        return TypedResults.Bytes(squeezed ? asset.Brotli : asset.Plain, asset.Type, entityTag: tag);
    }

    private static FrozenDictionary<string, Asset> Read()
    {
        var assembly = Assembly.GetExecutingAssembly();
        var files = assembly.GetManifestResourceNames().Where(name => name.StartsWith("Shell/", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal).ToDictionary(name => name, name => Text(assembly, name));
        var styles = string.Concat(
            files.Where(file => file.Key.EndsWith(".css", StringComparison.Ordinal)).Select(file => file.Value));
        var scripts = files.Where(file => file.Key.EndsWith(".js", StringComparison.Ordinal));
        return scripts
            .Select(file => (Path.GetFileName(file.Key), Asset.Of("text/javascript; charset=utf-8", file.Value)))
            .Append(("portal.css", Asset.Of("text/css; charset=utf-8", styles)))
            .Append(("icon.svg", Asset.Of("image/svg+xml", files["Shell/Styles/icon.svg"])))
            .ToFrozenDictionary(pair => pair.Item1, pair => pair.Item2, StringComparer.Ordinal);
    }

    private static string Text(Assembly assembly, string name)
    {
        using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }

    private sealed record Asset(string Type, byte[] Plain, byte[] Brotli, string Version)
    {
        public static Asset Of(string type, string text)
        {
            var plain = Encoding.UTF8.GetBytes(text);
            using var squeezed = new MemoryStream();
            using (var brotli = new BrotliStream(squeezed, CompressionLevel.SmallestSize)) brotli.Write(plain);
            return new Asset(type, plain, squeezed.ToArray(), Convert.ToHexStringLower(SHA256.HashData(plain))[..12]);
        }
    }
}
