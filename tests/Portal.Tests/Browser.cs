using System.Net;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;
using Xunit;

namespace Portal.Tests;

/// <summary>
/// A browser without a screen: follows redirects, keeps cookies by a browser's rules (a Secure cookie is taken on this machine, as
/// Chromium does), fills in forms by their labels' names and sends the hidden fields along.
/// </summary>
public sealed class Browser : IDisposable
{
    private const int MostRedirects = 12;
    private readonly HttpClient http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, UseProxy = false });

    public Browser(Uri start) => (Start, UserAgent) = (start, "Mozilla/5.0 (X11; Linux x86_64) Test");

    public Uri Start { get; }

    /// <summary>The name the portal goes by outside, which leads to <see cref="Start"/> although nothing resolves it here.</summary>
    public Uri? PublicName { get; init; }

    public string UserAgent { get; set; }

    /// <summary>Sent with every request, as a proxy in front of the portal, or somebody who pretends to be one, does.</summary>
    public Dictionary<string, string> Headers { get; } = [];

    /// <summary>Name and value of every cookie it holds.</summary>
    public Dictionary<string, string> Cookies { get; } = [];

    /// <summary>Every cookie that was ever set, as it was sent.</summary>
    public List<string> CookiesSet { get; } = [];

    /// <summary>Gets the page and follows redirects.</summary>
    public Task<Page> Get(string address) => Follow(new HttpRequestMessage(HttpMethod.Get, Resolve(Start, address)));

    /// <summary>One request, no redirect followed.</summary>
    public async Task<HttpResponseMessage> Send(HttpRequestMessage request)
    {
        request.RequestUri = Resolve(Start, request.RequestUri!.ToString());
        if (Cookies.Count > 0) request.Headers.TryAddWithoutValidation("Cookie", string.Join("; ", Cookies.Select(pair => $"{pair.Key}={pair.Value}")));
        request.Headers.TryAddWithoutValidation("User-Agent", UserAgent);
        foreach (var (name, value) in Headers) request.Headers.TryAddWithoutValidation(name, value);
        var response = await http.SendAsync(request);
        if (response.Headers.TryGetValues("Set-Cookie", out var set)) Keep(set);
        return response;
    }

    public Task<HttpResponseMessage> SendGet(string address) => Send(new HttpRequestMessage(HttpMethod.Get, Resolve(Start, address)));

    /// <summary>Sends the page's form whose action or fields fit; follows redirects.</summary>
    public Task<Page> Submit(Page page, params (string Name, string Value)[] values) => Submit(page, null, values);

    /// <summary>Sends the form with this action.</summary>
    public async Task<Page> Submit(Page page, string? action, params (string Name, string Value)[] values) => await Follow(Fill(page, action, values));

    /// <summary>The request a form would send.</summary>
    public static HttpRequestMessage Fill(Page page, string? action, params (string Name, string Value)[] values)
    {
        var forms = page.Html.QuerySelectorAll("main form").OfType<IHtmlFormElement>().ToList();
        var form = forms.FirstOrDefault(one => action is null
                ? values.All(value => one.QuerySelector($"[name='{value.Name}']") is not null)
                : (one.GetAttribute("action") ?? page.Address.PathAndQuery).StartsWith(action, StringComparison.Ordinal))
            ?? throw new InvalidOperationException($"{page.Address} has no such form:\n{page.Text}");
        var fields = new List<KeyValuePair<string, string>>();
        foreach (var field in form.Elements.OfType<IHtmlElement>())
        {
            var (name, value) = field switch
            {
                IHtmlInputElement { Type: "checkbox" or "radio" } box => (box.Name, box.IsChecked ? box.Value : null),
                IHtmlInputElement { Type: "submit" } => (null, null),
                IHtmlInputElement input => (input.Name, input.Value),
                IHtmlSelectElement select => (select.Name, select.Value),
                IHtmlTextAreaElement area => (area.Name, area.Value),
                _ => (null, null),
            };
            if (name is not null && value is not null && !values.Any(given => given.Name == name)) fields.Add(new(name, value));
        }

        fields.AddRange(values.Select(value => KeyValuePair.Create(value.Name, value.Value)));
        return new HttpRequestMessage(HttpMethod.Post, Resolve(page.Address, form.GetAttribute("action") is { Length: > 0 } to ? to : page.Address.ToString()))
        {
            Content = new FormUrlEncodedContent(fields),
        };
    }

    public void Dispose() => http.Dispose();

    private static Uri Resolve(Uri from, string address) => new(from, address);

    private async Task<Page> Follow(HttpRequestMessage request)
    {
        for (var hops = 0; hops < MostRedirects; hops++)
        {
            var response = await Send(request);
            if (response.Headers.Location is not { } next || (int)response.StatusCode is < 300 or >= 400)
                return await Page.Read(request.RequestUri!, response);
            next = new Uri(request.RequestUri!, next);
            if (next.Authority == PublicName?.Authority) next = new Uri(Start, next.PathAndQuery);
            // another origin is another server: the test looks at the address
            if (next.Authority != Start.Authority) return new Page(response.StatusCode, next, response, "");
            request = new HttpRequestMessage(HttpMethod.Get, next);
        }

        throw new InvalidOperationException($"More than {MostRedirects} redirects, the last to {request.RequestUri}.");
    }

    private void Keep(IEnumerable<string> lines)
    {
        foreach (var line in lines)
        {
            CookiesSet.Add(line);
            var parts = line.Split(';', StringSplitOptions.TrimEntries);
            var (name, value) = (parts[0].Split('=', 2)[0], parts[0].Split('=', 2)[1]);
            var rules = parts.Skip(1).Select(part => part.ToLowerInvariant()).ToList();
            if (name.StartsWith("__Host-", StringComparison.Ordinal))
            {
                // RFC 6265bis section 4.1.3.2: a browser drops it otherwise
                Assert.Contains("secure", rules);
                Assert.Contains("path=/", rules);
                Assert.DoesNotContain(rules, rule => rule.StartsWith("domain", StringComparison.Ordinal));
            }

            var over = rules.Any(rule => rule.StartsWith("expires=thu, 01 jan 1970", StringComparison.Ordinal) || rule == "max-age=0");
            if (over) Cookies.Remove(name);
            else Cookies[name] = value;
        }
    }
}

/// <summary>A page as a person sees it.</summary>
public sealed class Page(HttpStatusCode status, Uri address, HttpResponseMessage response, string text)
{
    private readonly Lazy<IHtmlDocument> html = new(() => new HtmlParser().ParseDocument(text));

    public HttpStatusCode Status { get; } = status;

    public Uri Address { get; } = address;

    public string Text { get; } = text;

    public HttpResponseMessage Response { get; } = response;

    public IHtmlDocument Html => html.Value;

    public string Title => Html.QuerySelector("h1")?.TextContent.Trim() ?? "";

    /// <summary>The words of the page, blanks made single.</summary>
    public string Words => string.Join(' ', (Html.QuerySelector("main")?.TextContent ?? "").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    /// <summary>The error beside the field, or null.</summary>
    public string? ErrorAt(string field) => Html.GetElementById($"{field.Replace('.', '_')}-error")?.TextContent.Replace("Error:", "", StringComparison.Ordinal).Trim();

    /// <summary>What stands in the field.</summary>
    public string? ValueOf(string field) => Html.QuerySelector($"main form [name='{field}']") switch
    {
        IHtmlInputElement { Type: "checkbox" } box => box.IsChecked ? "true" : "false",
        IHtmlInputElement input => input.Value,
        IHtmlSelectElement select => select.Value,
        IHtmlTextAreaElement area => area.Value,
        _ => null,
    };

    /// <summary>The links in the error summary lead to fields of the page.</summary>
    public IReadOnlyList<string> Summary => [.. Html.QuerySelectorAll(".errors a").Select(link => link.GetAttribute("href")!.TrimStart('#'))];

    public static async Task<Page> Read(Uri address, HttpResponseMessage response) =>
        new(response.StatusCode, address, response, await response.Content.ReadAsStringAsync());
}
