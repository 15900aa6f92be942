using Microsoft.AspNetCore.Razor.TagHelpers;

namespace Portal.Shell.Parts;

/// <summary>
/// A table that becomes cards on phones:
/// <c>&lt;ui-table caption="Your servers" csv="/servers.csv" rows="@Model.Rows.Count"&gt; &lt;thead&gt;… &lt;tbody&gt;…
/// &lt;ui-empty …/&gt; &lt;/ui-table&gt;</c>.
/// Each <c>td</c> carries <c>data-label</c>; the row's name is a <c>th scope="row"</c>; amounts have <c>class="number"</c>.
/// With <c>rows="0"</c> only the <see cref="Empty"/> inside is shown.
/// </summary>
[HtmlTargetElement("ui-table")]
public sealed class Table : TagHelper
{
    /// <summary>What the table lists.</summary>
    public string Caption { get; set; } = "";

    /// <summary>Shows the caption as a heading; otherwise only assistive technology reads it.</summary>
    public bool ShowCaption { get; set; }

    /// <summary>Where the same rows are as CSV.</summary>
    public string? Csv { get; set => field = string.IsNullOrEmpty(value) ? null : value; }

    public int Rows { get; set; } = 1;

    public override async Task ProcessAsync(TagHelperContext context, TagHelperOutput output)
    {
        context.Items[typeof(Table)] = this;
        var inside = await output.GetChildContentAsync();
        output.TagName = "div";
        output.TagMode = TagMode.StartTagAndEndTag;
        output.Attributes.SetAttribute("class", "tabular");
        if (Rows == 0)
        {
            output.Content.SetHtmlContent(inside);
            return;
        }

        var caption = Markup.Of($"<caption{Markup.Attribute("class", ShowCaption ? null : "unseen")}>{Caption}</caption>");
        var icon = Icons.Draw("download");
        var csv = Markup.If(Csv is not null, $"""<p class="csv"><a href="{Csv}" download>{icon}Download as CSV</a></p>""");
        output.Content.SetHtmlContent(Markup.Of($"<table>{caption}{inside}</table>{csv}"));
    }
}

/// <summary>
/// What stands in a table without rows:
/// <c>&lt;ui-empty title="No servers yet" href="/servers/order" action="Order a server"&gt;…&lt;/ui-empty&gt;</c>
/// </summary>
[HtmlTargetElement("ui-empty")]
public sealed class Empty : TagHelper
{
    public string Title { get; set; } = "";

    public string? Href { get; set => field = string.IsNullOrEmpty(value) ? null : value; }

    public string? Action { get; set => field = string.IsNullOrEmpty(value) ? null : value; }

    public string Icon { get; set; } = "info";

    public override async Task ProcessAsync(TagHelperContext context, TagHelperOutput output)
    {
        if (context.Items.TryGetValue(typeof(Table), out var table) && ((Table)table).Rows > 0)
        {
            output.SuppressOutput();
            return;
        }

        var words = await output.GetChildContentAsync();
        output.TagName = "div";
        output.TagMode = TagMode.StartTagAndEndTag;
        output.Attributes.SetAttribute("class", "empty");
        var next = Markup.If(Href is not null, $"""<p><a class="button primary" href="{Href}"><span>{Action}</span></a></p>""");
        output.Content.SetHtmlContent(Markup.Of($"{Icons.Draw(Icon)}<h2>{Title}</h2><div>{words}</div>{next}"));
    }
}

/// <summary>Drops head and body of a table without rows.</summary>
[HtmlTargetElement("thead", ParentTag = "ui-table")]
[HtmlTargetElement("tbody", ParentTag = "ui-table")]
public sealed class TableRows : TagHelper
{
    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        if (((Table)context.Items[typeof(Table)]).Rows == 0) output.SuppressOutput();
    }
}
