using System.Globalization;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Abstractions;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Microsoft.AspNetCore.Mvc.Razor;
using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.AspNetCore.Mvc.ViewFeatures;

namespace Portal.Invoices;

/// <summary>The document as one self-contained HTML text: the partial that the page shows, with its style inlined.</summary>
internal sealed class Paper(IRazorViewEngine views, ITempDataProvider temporary, IServiceScopeFactory scopes)
{
    private const string Sheet = "/Invoices/_Paper.cshtml";

    /// <summary>The style of documents, one text for page and paper.</summary>
    internal static string Style { get; } = Read();

    /// <summary>Where pages find <see cref="Style"/>; the name changes with its content.</summary>
    internal static string StyleHref { get; } =
        $"/invoices/document-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Style)))[..12]}.css";

    /// <summary>The whole text, ready for the renderer.</summary>
    internal async Task<string> Html(DocumentSheet sheet)
    {
        await using var scope = scopes.CreateAsyncScope();
        var view = views.GetView(null, Sheet, isMainPage: false).View ?? throw new InvalidOperationException($"{Sheet} is not compiled in.");
        var http = new DefaultHttpContext { RequestServices = scope.ServiceProvider };
        var action = new ActionContext(http, new RouteData(), new ActionDescriptor());
        var data = new ViewDataDictionary<DocumentSheet>(new EmptyModelMetadataProvider(), new ModelStateDictionary()) { Model = sheet };
        await using var text = new StringWriter(CultureInfo.InvariantCulture);
        await view.RenderAsync(new ViewContext(action, view, data, new TempDataDictionary(http, temporary), text, new HtmlHelperOptions()));
        return text.ToString();
    }

    private static string Read()
    {
        using var reader = new StreamReader(Assembly.GetExecutingAssembly().GetManifestResourceStream("Invoices/document.css")!);
        return reader.ReadToEnd();
    }
}
