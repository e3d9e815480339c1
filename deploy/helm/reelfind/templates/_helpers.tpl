{{- define "reelfind.labels" -}}
app.kubernetes.io/name: reelfind
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "reelfind.dataClaim" -}}
{{ .Values.data.existingClaim | default (printf "%s-data" .Release.Name) }}
{{- end }}
